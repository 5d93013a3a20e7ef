import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,K as n,N as r,Nt as i,O as a,Ot as o,W as s,Yt as c,a as l,g as u,h as d,i as f,l as p,o as m,r as h,u as g,y as _,z as v}from"./ui-CQVmcD6J.js";import{C as y,S as b,a as x}from"./index-BDfSiXL9.js";import{r as S}from"./dates-CKOyx-kN.js";import{r as C}from"./SessionProvider-CLWYzFbr.js";import{t as w}from"./useChange-BwD_T1w9.js";var T=e(c(),1),E={name:`_name_1a0zg_1`,day:`_day_1a0zg_14`,actions:`_actions_1a0zg_19`,quiet:`_quiet_1a0zg_24`,merged:`_merged_1a0zg_29`,targets:`_targets_1a0zg_46`,target:`_target_1a0zg_46`,what:`_what_1a0zg_70`,all:`_all_1a0zg_78`},D=r(`
  fragment CategoryParts on Category {
    id
    name
    recordCount
    lastUsedOn
    version
  }
`),O=r(`
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
`,[D]),k=r(`
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
`,[D]),A=r(`
  query MergeTargets($search: String) {
    categories(first: 9, search: $search) {
      totalCount
      nodes {
        ...CategoryParts
      }
    }
  }
`,[D]),j=r(`
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
`),M=r(`
  mutation RenameCategory($input: RenameCategoryInput!) {
    renameCategory(input: $input) {
      category {
        ...CategoryParts
      }
    }
  }
`,[D]),N=r(`
  mutation MergeCategories($input: MergeCategoriesInput!) {
    mergeCategories(input: $input) {
      mergedCategoryId
      category {
        ...CategoryParts
      }
    }
  }
`,[D]),P=r(`
  mutation UnmergeCategory($input: UnmergeCategoryInput!) {
    unmergeCategory(input: $input) {
      category {
        ...CategoryParts
      }
    }
  }
`,[D]),F=r(`
  mutation DeleteCategory($input: DeleteCategoryInput!) {
    deleteCategory(input: $input) {
      deletedCategoryId
    }
  }
`),I=i(),L=v.categories.deleting;function R({category:{id:e,name:n,version:r},onClose:i,onMergeInstead:a}){let{run:o,isBusy:s,problems:c}=w(F),d=h(),f=c.some(({extensions:e})=>typeof e.recordCount==`number`),p=async()=>{let{problems:t}=await o({id:e,expectedVersion:r});t||(d({message:L.done(n)}),i())};return(0,I.jsxs)(u,{title:L.title(n),onClose:i,children:[(0,I.jsxs)(`div`,{className:t.form,children:[(0,I.jsx)(l,{problems:c.map(e=>({...e,message:z(e)}))}),c.length===0&&(0,I.jsx)(`p`,{children:L.hint})]}),(0,I.jsxs)(`div`,{className:t.actions,children:[f?(0,I.jsx)(_,{look:`primary`,onClick:a,children:v.categories.merge}):(0,I.jsx)(_,{look:`danger`,disabled:s,onClick:()=>void p(),children:L.submit}),(0,I.jsx)(_,{onClick:i,children:v.common.cancel})]})]})}function z({message:e,extensions:t}){let{recordCount:n,deletedRecordCount:r,mergedCount:i}=t;return typeof n==`number`&&typeof r==`number`?L.hasRecords(a(n),a(r)):typeof i==`number`?L.hasMerged:e}var B=v.categories.merging,V=8;function H({category:e,into:r,onClose:i,onMerged:o,onUndo:s}){let{run:c,isBusy:f,problems:p}=w(N),[m,g]=(0,T.useState)(r),[y,b]=(0,T.useState)(null),x=(0,T.useDeferredValue)(m.trim()),[{data:S,error:C,fetching:D},O]=n({query:A,variables:{search:x}}),k=h(),j=(S?.categories?.nodes??[]).filter(({id:t})=>t!==e.id).slice(0,V),M=(S?.categories?.totalCount??0)>j.length+1,P=async()=>{if(!y)return;let{data:t}=await c({fromId:e.id,intoId:y.id}),n=t?.mergeCategories?.category;if(!n)return;let r={id:e.id,name:e.name,into:n};k({message:B.done(e.name,n.name),action:{label:v.common.undo,run:()=>{s(r)}}}),o(),i()};return(0,I.jsx)(u,{title:B.title(e.name),onClose:i,children:(0,I.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),P()},children:[(0,I.jsx)(l,{problems:p.map(e=>e.code===`CONFLICT`?{...e,message:B.gone}:e)}),(0,I.jsx)(l,{error:C,onRetry:O}),(0,I.jsx)(d,{label:B.search,"data-first":!0,autoComplete:`off`,maxLength:100,value:m,onChange:({target:e})=>{g(e.value),b(null)}}),(0,I.jsxs)(`fieldset`,{className:E.targets,children:[(0,I.jsx)(`legend`,{className:t.hidden,children:B.found}),j.map(e=>(0,I.jsxs)(`label`,{className:E.target,children:[(0,I.jsx)(`input`,{type:`radio`,name:`into`,checked:y?.id===e.id,onChange:()=>{b(e)}}),(0,I.jsx)(`span`,{children:e.name}),(0,I.jsx)(`span`,{className:E.quiet,children:v.common.records(e.recordCount,a(e.recordCount))})]},e.id)),j.length===0&&!D&&!C&&(0,I.jsx)(`p`,{className:E.quiet,children:B.noMatch}),M&&(0,I.jsx)(`p`,{className:E.quiet,children:B.narrow})]}),y&&(0,I.jsxs)(`div`,{className:E.what,role:`status`,children:[(0,I.jsx)(`p`,{children:B.what(e.name,e.recordCount,a(e.recordCount),y.name)}),(0,I.jsx)(`p`,{children:B.canUndo})]}),(0,I.jsxs)(`div`,{className:t.actions,children:[(0,I.jsx)(_,{type:`submit`,look:`primary`,disabled:f||!y,children:B.submit}),(0,I.jsx)(_,{onClick:i,children:v.common.cancel})]})]})})}var U=v.categories.merged;function W({merged:e,onUndo:t}){return(0,I.jsxs)(p,{title:U.title,children:[e===null&&(0,I.jsx)(m,{height:`2em`}),e?.length===0&&(0,I.jsx)(`p`,{className:E.quiet,children:U.none}),(0,I.jsx)(`ul`,{className:E.merged,children:e?.map(e=>(0,I.jsxs)(`li`,{children:[(0,I.jsx)(`span`,{children:e.name}),(0,I.jsx)(`span`,{className:E.quiet,children:U.into(e.into.name)}),(0,I.jsx)(_,{look:`plain`,"aria-label":U.undoOne(e.name,e.into.name),onClick:()=>{t(e)},children:U.undo})]},e.id))})]})}var G=v.categories.renaming;function K({category:{id:e,name:n},onClose:r,onMergeInstead:i}){let{run:a,isBusy:o,problems:s,reset:c}=w(M),[f,p]=(0,T.useState)(n),m=h(),g=s.some(({code:e})=>e===`CONFLICT`),y=async()=>{if(f===n){r();return}let{data:t}=await a({id:e,name:f}),i=t?.renameCategory?.category.name;i!==void 0&&(m({message:G.done(n,i)}),r())};return(0,I.jsx)(u,{title:G.title(n),onClose:r,children:(0,I.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),y()},children:[(0,I.jsx)(l,{problems:s.filter(({field:e})=>e!==`name`)}),(0,I.jsx)(d,{label:G.name,"data-first":!0,autoComplete:`off`,value:f,problems:s.flatMap(({code:e,field:t,message:n})=>t===`name`?[e===`CONFLICT`?G.taken:n]:[]),onChange:({target:e})=>{p(e.value),c()}}),(0,I.jsxs)(`div`,{className:t.actions,children:[(0,I.jsx)(_,{type:`submit`,look:`primary`,disabled:o,children:G.submit}),g&&(0,I.jsx)(_,{onClick:()=>{i(f.trim())},children:G.mergeInstead}),(0,I.jsx)(_,{onClick:r,children:v.common.cancel})]})]})})}function q(e){let t=s(),[n,r]=(0,T.useState)(null),[i,a]=(0,T.useState)(0);return(0,T.useEffect)(()=>{if(!e)return;let n=!1;return(async()=>{let e=new Map,i=null;for(;;){let{data:r}=await t.query(j,{after:i},{requestPolicy:`network-only`}).toPromise(),a=r?.changes;if(n||!a)return;for(let{changedId:t,node:n}of a.nodes??[])e.delete(t),n?.__typename===`Category`&&n.mergedInto&&e.set(n.id,{id:n.id,name:n.name,into:n.mergedInto});if(!a.pageInfo.hasNextPage)break;i=a.pageInfo.endCursor}r([...e.values()].sort((e,t)=>e.name.localeCompare(t.name)))})(),()=>{n=!0}},[t,e,i]),{merged:n,reload:(0,T.useCallback)(()=>{a(e=>e+1)},[])}}var J=v.categories.merged;function Y(e){let{run:t}=w(P),n=h();return(0,T.useCallback)(async({id:r,name:i})=>{let{problems:a}=await t({id:r}),[o]=a??[];n({message:o?.message??J.undone(i)}),e()},[e,t,n])}var X=v.categories,Z=250;function Q(){let e=C(),{search:t,category:n}=y({from:`/shell/categories`}),[r,i]=(0,T.useState)(null),a=x(e.role,`ADMIN`),{merged:o,reload:s}=q(a),c=Y(s),l=()=>{i(null)},u=a?(e,t)=>{i({what:e,category:t})}:null;return(0,I.jsxs)(g,{title:X.title,children:[(0,I.jsx)(ee,{search:t??``}),n!==void 0&&(0,I.jsx)(ne,{id:n,onDo:u}),(0,I.jsx)(te,{search:t??null,onDo:u},t??``),a&&(0,I.jsx)(W,{merged:o,onUndo:e=>void c(e)}),r?.what===`rename`&&(0,I.jsx)(K,{category:r.category,onClose:l,onMergeInstead:e=>{i({what:`merge`,category:r.category,into:e})}}),r?.what===`merge`&&(0,I.jsx)(H,{category:r.category,into:r.into??``,onClose:l,onMerged:s,onUndo:e=>void c(e)}),r?.what===`delete`&&(0,I.jsx)(R,{category:r.category,onClose:l,onMergeInstead:()=>{i({what:`merge`,category:r.category})}})]})}function ee({search:e}){let n=b(),[r,i]=(0,T.useState)(e);return(0,T.useEffect)(()=>{if(r.trim()===e)return;let t=setTimeout(()=>void n({to:`/categories`,search:{search:r.trim()||void 0},replace:!0}),Z);return()=>{clearTimeout(t)}},[n,e,r]),(0,I.jsx)(`input`,{type:`search`,className:t.input,"aria-label":X.search,placeholder:X.search,maxLength:100,value:r,onChange:({target:e})=>{i(e.value)}})}function te({search:e,onDo:r}){let[i,o]=(0,T.useState)(null),[{data:s,error:c,fetching:u},d]=n({query:O,variables:{search:e,after:i}}),h=s?.categories;return h?.totalCount===0?(0,I.jsx)(p,{children:(0,I.jsx)(f,{title:e===null?X.none:X.noMatch(e),children:e===null&&(0,I.jsx)(`p`,{children:X.noneHint})})}):(0,I.jsxs)(p,{title:h&&X.count(h.totalCount,a(h.totalCount)),children:[(0,I.jsx)(l,{error:c,onRetry:d}),!h&&!c&&(0,I.jsx)(m,{height:`16em`}),h&&(0,I.jsx)($,{categories:h.nodes,onDo:r}),h?.pageInfo.hasNextPage&&(0,I.jsx)(`div`,{className:t.actions,children:(0,I.jsx)(_,{disabled:u,onClick:()=>{o(h.pageInfo.endCursor)},children:X.more})})]})}function ne({id:e,onDo:t}){let[{data:r,error:i,fetching:a},s]=n({query:k,variables:{id:e}}),c=r?.node?.__typename===`Category`?r.node:null;return(0,I.jsxs)(p,{title:X.one,actions:(0,I.jsx)(o,{to:`/categories`,className:E.all,children:X.all}),children:[(0,I.jsx)(l,{error:i,onRetry:s}),!c&&!a&&!i&&(0,I.jsx)(`p`,{children:X.oneGone}),c?.mergedInto&&(0,I.jsx)(`p`,{children:`${c.name}: ${X.merged.into(c.mergedInto.name)}`}),c&&!c.mergedInto&&(0,I.jsx)($,{categories:[c],onDo:t})]})}function $({categories:e,onDo:n}){return(0,I.jsx)(`div`,{className:t.scroll,children:(0,I.jsxs)(`table`,{className:t.table,children:[(0,I.jsx)(`thead`,{children:(0,I.jsxs)(`tr`,{children:[(0,I.jsx)(`th`,{scope:`col`,children:X.name}),(0,I.jsx)(`th`,{scope:`col`,className:t.number,children:X.records}),(0,I.jsx)(`th`,{scope:`col`,className:E.day,children:X.lastUsed}),n&&(0,I.jsx)(`th`,{scope:`col`,children:(0,I.jsx)(`span`,{className:t.hidden,children:X.actions})})]})}),(0,I.jsx)(`tbody`,{children:e.map(e=>(0,I.jsx)(re,{category:e,onDo:n},e.id))})]})})}function re({category:e,onDo:n}){let{name:r,recordCount:i,lastUsedOn:s}=e;return(0,I.jsxs)(`tr`,{children:[(0,I.jsx)(`td`,{className:E.name,children:(0,I.jsx)(o,{to:`/records`,search:{category:r},children:r})}),(0,I.jsx)(`td`,{className:t.number,children:a(i)}),(0,I.jsx)(`td`,{className:E.day,children:s===null?X.never:S(s)}),n&&(0,I.jsxs)(`td`,{className:E.actions,children:[(0,I.jsx)(_,{look:`plain`,"aria-label":X.renameOne(r),onClick:()=>{n(`rename`,e)},children:X.rename}),(0,I.jsx)(_,{look:`plain`,"aria-label":X.mergeOne(r),onClick:()=>{n(`merge`,e)},children:X.merge}),i===0&&(0,I.jsx)(_,{look:`plain`,"aria-label":X.deleteOne(r),onClick:()=>{n(`delete`,e)},children:X.delete})]})]})}export{Q as CategoriesPage};