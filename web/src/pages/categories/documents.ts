import { graphql, type ResultOf } from '../../graphql/index.js';

export const CategoryParts = graphql(`
  fragment CategoryParts on Category {
    id
    name
    recordCount
    lastUsedOn
    version
  }
`);

export const Categories = graphql(`
  query Categories($search: String, $after: String) {
    categories(first: 50, search: $search, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...CategoryParts
      }
    }
  }
`, [CategoryParts]);

export type CategoryPage = NonNullable<ResultOf<typeof Categories>['categories']>;

export const OneCategory = graphql(`
  query OneCategory($id: ID!) {
    node(id: $id) {
      __typename
      ... on Category {
        ...CategoryParts
        mergedInto {
          id
          name
        }
      }
    }
  }
`, [CategoryParts]);

/** A few categories to choose one from. */
export const MergeTargets = graphql(`
  query MergeTargets($search: String) {
    categories(first: 9, search: $search) {
      totalCount
      nodes {
        ...CategoryParts
      }
    }
  }
`, [CategoryParts]);

/** All categories, merged ones too, which are in no list. */
export const AllCategories = graphql(`
  query AllCategories($after: String) {
    changes(first: 500, after: $after, types: [CATEGORY]) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        changedId: id
        node {
          __typename
          ... on Category {
            id
            name
            mergedInto {
              id
              name
            }
          }
        }
      }
    }
  }
`);

export const RenameCategory = graphql(`
  mutation RenameCategory($input: RenameCategoryInput!) {
    renameCategory(input: $input) {
      category {
        ...CategoryParts
      }
    }
  }
`, [CategoryParts]);

export const MergeCategories = graphql(`
  mutation MergeCategories($input: MergeCategoriesInput!) {
    mergeCategories(input: $input) {
      mergedCategoryId
      category {
        ...CategoryParts
      }
    }
  }
`, [CategoryParts]);

export const UnmergeCategory = graphql(`
  mutation UnmergeCategory($input: UnmergeCategoryInput!) {
    unmergeCategory(input: $input) {
      category {
        ...CategoryParts
      }
    }
  }
`, [CategoryParts]);

export const DeleteCategory = graphql(`
  mutation DeleteCategory($input: DeleteCategoryInput!) {
    deleteCategory(input: $input) {
      deletedCategoryId
    }
  }
`);

export type Category = ResultOf<typeof CategoryParts>;
