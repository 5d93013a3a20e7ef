import { one } from '../../app/search.js';

export type CategoriesSearch = {
  search?: string | undefined;
  /** The id of one that is shown above the list. */
  category?: string | undefined;
};

export function categoriesSearch({ search, category }: Record<string, unknown>): CategoriesSearch {
  return { search: one(search)?.trim() || undefined, category: one(category) || undefined };
}
