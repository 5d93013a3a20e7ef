import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,G as n,N as r,O as i,Pt as a,Xt as o,a as s,g as c,h as l,i as u,kt as d,l as f,o as p,q as m,r as h,u as g,w as _,y as v,z as y}from"./ui-gLCfJyoA.js";import{C as b,S as x,a as S}from"./index-Ccr_7qME.js";import{r as C}from"./dates-HXiIbxYe.js";import{r as w}from"./SessionProvider-B8zhNedt.js";import{t as T}from"./useChange-CqnGZNob.js";var E=e(o(),1),D={name:`_name_q368n_1`,day:`_day_q368n_14`,actions:`_actions_q368n_19`,quiet:`_quiet_q368n_24`,merged:`_merged_q368n_29`,targets:`_targets_q368n_46`,target:`_target_q368n_46`,what:`_what_q368n_70`,all:`_all_q368n_78`,changed:`_changed_q368n_90`},O=r(`
  fragment CategoryParts on Category {
    id
    name
    recordCount
    lastUsedOn
    version
  }
`),k=r(`
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
`,[O]),A=r(`
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
`,[O]),j=r(`
  query MergeTargets($search: String) {
    categories(first: 9, search: $search) {
      totalCount
      nodes {
        ...CategoryParts
      }
    }
  }
`,[O]),M=r(`
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
`),N=r(`
  mutation RenameCategory($input: RenameCategoryInput!) {
    renameCategory(input: $input) {
      category {
        ...CategoryParts
      }
    }
  }
`,[O]),P=r(`
  mutation MergeCategories($input: MergeCategoriesInput!) {
    mergeCategories(input: $input) {
      mergedCategoryId
      category {
        ...CategoryParts
      }
    }
  }
`,[O]),F=r(`
  mutation UnmergeCategory($input: UnmergeCategoryInput!) {
    unmergeCategory(input: $input) {
      category {
        ...CategoryParts
      }
    }
  }
`,[O]),I=r(`
  mutation DeleteCategory($input: DeleteCategoryInput!) {
    deleteCategory(input: $input) {
      deletedCategoryId
    }
  }
`),L=a(),R=y.categories.deleting;function z({category:{id:e,name:n,version:r},onClose:i,onMergeInstead:a}){let{run:o,isBusy:l,problems:u}=T(I),d=h(),f=u.some(({extensions:e})=>typeof e.recordCount==`number`),p=async()=>{let{problems:t}=await o({id:e,expectedVersion:r});t||(d({message:R.done(n)}),i())};return(0,L.jsxs)(c,{title:R.title(n),onClose:i,children:[(0,L.jsxs)(`div`,{className:t.form,children:[(0,L.jsx)(s,{problems:u.map(e=>({...e,message:ee(e)}))}),u.length===0&&(0,L.jsx)(`p`,{children:R.hint})]}),(0,L.jsxs)(`div`,{className:t.actions,children:[f?(0,L.jsx)(v,{look:`primary`,onClick:a,children:y.categories.merge}):(0,L.jsx)(v,{look:`danger`,disabled:l,onClick:()=>void p(),children:R.submit}),(0,L.jsx)(v,{onClick:i,children:y.common.cancel})]})]})}function ee({message:e,extensions:t}){let{recordCount:n,deletedRecordCount:r,mergedCount:a}=t;return typeof n==`number`&&typeof r==`number`?R.hasRecords(i(n),i(r)):typeof a==`number`?R.hasMerged:e}var B=y.categories.merging,V=8;function H({category:e,into:n,onClose:r,onMerged:a,onUndo:o}){let{run:u,isBusy:d,problems:f}=T(P),[p,g]=(0,E.useState)(n),[_,b]=(0,E.useState)(null),x=(0,E.useDeferredValue)(p.trim()),[{data:S,error:C,fetching:w},O]=m({query:j,variables:{search:x}}),k=h(),A=(S?.categories?.nodes??[]).filter(({id:t})=>t!==e.id).slice(0,V),M=(S?.categories?.totalCount??0)>A.length+1,N=async()=>{if(!_)return;let{data:t}=await u({fromId:e.id,intoId:_.id}),n=t?.mergeCategories?.category;if(!n)return;let i={id:e.id,name:e.name,into:n};k({message:B.done(e.name,n.name),action:{label:y.common.undo,run:()=>{o(i)}}}),a(),r()};return(0,L.jsx)(c,{title:B.title(e.name),onClose:r,children:(0,L.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),N()},children:[(0,L.jsx)(s,{problems:f.map(e=>e.code===`CONFLICT`?{...e,message:B.gone}:e)}),(0,L.jsx)(s,{error:C,onRetry:O}),(0,L.jsx)(l,{label:B.search,"data-first":!0,autoComplete:`off`,maxLength:100,value:p,onChange:({target:e})=>{g(e.value),b(null)}}),(0,L.jsxs)(`fieldset`,{className:D.targets,children:[(0,L.jsx)(`legend`,{className:t.hidden,children:B.found}),A.map(e=>(0,L.jsxs)(`label`,{className:D.target,children:[(0,L.jsx)(`input`,{type:`radio`,name:`into`,checked:_?.id===e.id,onChange:()=>{b(e)}}),(0,L.jsx)(`span`,{children:e.name}),(0,L.jsx)(`span`,{className:D.quiet,children:y.common.records(e.recordCount,i(e.recordCount))})]},e.id)),A.length===0&&!w&&!C&&(0,L.jsx)(`p`,{className:D.quiet,children:B.noMatch}),M&&(0,L.jsx)(`p`,{className:D.quiet,children:B.narrow})]}),_&&(0,L.jsxs)(`div`,{className:D.what,role:`status`,children:[(0,L.jsx)(`p`,{children:B.what(e.name,e.recordCount,i(e.recordCount),_.name)}),(0,L.jsx)(`p`,{children:B.canUndo})]}),(0,L.jsxs)(`div`,{className:t.actions,children:[(0,L.jsx)(v,{type:`submit`,look:`primary`,disabled:d||!_,children:B.submit}),(0,L.jsx)(v,{onClick:r,children:y.common.cancel})]})]})})}var U=y.categories.merged;function W({merged:e,onUndo:t}){return(0,L.jsxs)(f,{title:U.title,children:[e===null&&(0,L.jsx)(p,{height:`2em`}),e?.length===0&&(0,L.jsx)(`p`,{className:D.quiet,children:U.none}),(0,L.jsx)(`ul`,{className:D.merged,children:e?.map(e=>(0,L.jsxs)(`li`,{children:[(0,L.jsx)(`span`,{children:e.name}),(0,L.jsx)(`span`,{className:D.quiet,children:U.into(e.into.name)}),(0,L.jsx)(v,{look:`plain`,"aria-label":U.undoOne(e.name,e.into.name),onClick:()=>{t(e)},children:U.undo})]},e.id))})]})}var G=y.categories.renaming;function K({category:{id:e,name:n},onClose:r,onMergeInstead:i}){let{run:a,isBusy:o,problems:u,reset:d}=T(N),[f,p]=(0,E.useState)(n),m=h(),g=u.some(({code:e})=>e===`CONFLICT`),_=async()=>{if(f===n){r();return}let{data:t}=await a({id:e,name:f}),i=t?.renameCategory?.category.name;i!==void 0&&(m({message:G.done(n,i)}),r())};return(0,L.jsx)(c,{title:G.title(n),onClose:r,children:(0,L.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),_()},children:[(0,L.jsx)(s,{problems:u.filter(({field:e})=>e!==`name`)}),(0,L.jsx)(l,{label:G.name,"data-first":!0,autoComplete:`off`,value:f,problems:u.flatMap(({code:e,field:t,message:n})=>t===`name`?[e===`CONFLICT`?G.taken:n]:[]),onChange:({target:e})=>{p(e.value),d()}}),(0,L.jsxs)(`div`,{className:t.actions,children:[(0,L.jsx)(v,{type:`submit`,look:`primary`,disabled:o,children:G.submit}),g&&(0,L.jsx)(v,{onClick:()=>{i(f.trim())},children:G.mergeInstead}),(0,L.jsx)(v,{onClick:r,children:y.common.cancel})]})]})})}function q(e){let t=n(),[r,i]=(0,E.useState)(null),[a,o]=(0,E.useState)(0);return(0,E.useEffect)(()=>{if(!e)return;let n=!1;return(async()=>{let e=new Map,r=null;for(;;){let{data:i}=await t.query(M,{after:r},{requestPolicy:`network-only`}).toPromise(),a=i?.changes;if(n||!a)return;for(let{changedId:t,node:n}of a.nodes??[])e.delete(t),n?.__typename===`Category`&&n.mergedInto&&e.set(n.id,{id:n.id,name:n.name,into:n.mergedInto});if(!a.pageInfo.hasNextPage)break;r=a.pageInfo.endCursor}i([...e.values()].sort((e,t)=>e.name.localeCompare(t.name)))})(),()=>{n=!0}},[t,e,a]),{merged:r,reload:(0,E.useCallback)(()=>{o(e=>e+1)},[])}}var J=y.categories.merged;function Y(e){let{run:t}=T(F),n=h();return(0,E.useCallback)(async({id:r,name:i})=>{let{problems:a}=await t({id:r}),[o]=a??[];n({message:o?.message??J.undone(i)}),e()},[e,t,n])}var X=y.categories,Z=250;function Q(){let e=w(),{search:t,category:n}=b({from:`/shell/categories`}),[r,i]=(0,E.useState)(null),a=S(e.role,`ADMIN`),{merged:o,reload:s}=q(a),c=Y(s),l=()=>{i(null)},u=a?(e,t)=>{i({what:e,category:t})}:null;return(0,L.jsxs)(g,{title:X.title,children:[(0,L.jsx)(te,{search:t??``}),n!==void 0&&(0,L.jsx)(re,{id:n,onDo:u}),(0,L.jsx)(ne,{search:t??null,onDo:u},t??``),a&&(0,L.jsx)(W,{merged:o,onUndo:e=>void c(e)}),r?.what===`rename`&&(0,L.jsx)(K,{category:r.category,onClose:l,onMergeInstead:e=>{i({what:`merge`,category:r.category,into:e})}}),r?.what===`merge`&&(0,L.jsx)(H,{category:r.category,into:r.into??``,onClose:l,onMerged:s,onUndo:e=>void c(e)}),r?.what===`delete`&&(0,L.jsx)(z,{category:r.category,onClose:l,onMergeInstead:()=>{i({what:`merge`,category:r.category})}})]})}function te({search:e}){let n=x(),[r,i]=(0,E.useState)(e);return(0,E.useEffect)(()=>{if(r.trim()===e)return;let t=setTimeout(()=>void n({to:`/categories`,search:{search:r.trim()||void 0},replace:!0}),Z);return()=>{clearTimeout(t)}},[n,e,r]),(0,L.jsx)(`input`,{type:`search`,className:t.input,"aria-label":X.search,placeholder:X.search,maxLength:100,value:r,onChange:({target:e})=>{i(e.value)}})}function ne({search:e,onDo:n}){let[r,a]=(0,E.useState)(null),[{data:o,error:c,fetching:l},d]=m({query:k,variables:{search:e,after:r}}),h=o?.categories;return h?.totalCount===0?(0,L.jsx)(f,{children:(0,L.jsx)(u,{title:e===null?X.none:X.noMatch(e),children:e===null&&(0,L.jsx)(`p`,{children:X.noneHint})})}):(0,L.jsxs)(f,{title:h&&X.count(h.totalCount,i(h.totalCount)),children:[(0,L.jsx)(s,{error:c,onRetry:d}),!h&&!c&&(0,L.jsx)(p,{height:`16em`}),h&&(0,L.jsx)($,{categories:h.nodes,onDo:n}),h?.pageInfo.hasNextPage&&(0,L.jsx)(`div`,{className:t.actions,children:(0,L.jsx)(v,{disabled:l,onClick:()=>{a(h.pageInfo.endCursor)},children:X.more})})]})}function re({id:e,onDo:t}){let[{data:n,error:r,fetching:i},a]=m({query:A,variables:{id:e}}),o=n?.node?.__typename===`Category`?n.node:null;return(0,L.jsxs)(f,{title:X.one,actions:(0,L.jsx)(d,{to:`/categories`,className:D.all,children:X.all}),children:[(0,L.jsx)(s,{error:r,onRetry:a}),!o&&!i&&!r&&(0,L.jsx)(`p`,{children:X.oneGone}),o?.mergedInto&&(0,L.jsx)(`p`,{children:`${o.name}: ${X.merged.into(o.mergedInto.name)}`}),o&&!o.mergedInto&&(0,L.jsx)($,{categories:[o],onDo:t})]})}function $({categories:e,onDo:n}){return(0,L.jsx)(`div`,{className:t.scroll,children:(0,L.jsxs)(`table`,{className:_(t.table,n&&D.changed),children:[(0,L.jsx)(`thead`,{children:(0,L.jsxs)(`tr`,{children:[(0,L.jsx)(`th`,{scope:`col`,children:X.name}),(0,L.jsx)(`th`,{scope:`col`,className:t.number,children:X.records}),(0,L.jsx)(`th`,{scope:`col`,className:D.day,children:X.lastUsed}),n&&(0,L.jsx)(`th`,{scope:`col`,children:(0,L.jsx)(`span`,{className:t.hidden,children:X.actions})})]})}),(0,L.jsx)(`tbody`,{children:e.map(e=>(0,L.jsx)(ie,{category:e,onDo:n},e.id))})]})})}function ie({category:e,onDo:n}){let{name:r,recordCount:a,lastUsedOn:o}=e;return(0,L.jsxs)(`tr`,{children:[(0,L.jsx)(`td`,{className:D.name,children:(0,L.jsx)(d,{to:`/records`,search:{category:r},children:r})}),(0,L.jsx)(`td`,{className:t.number,children:i(a)}),(0,L.jsx)(`td`,{className:D.day,children:o===null?X.never:C(o)}),n&&(0,L.jsxs)(`td`,{className:D.actions,children:[(0,L.jsx)(v,{look:`plain`,"aria-label":X.renameOne(r),onClick:()=>{n(`rename`,e)},children:X.rename}),(0,L.jsx)(v,{look:`plain`,"aria-label":X.mergeOne(r),onClick:()=>{n(`merge`,e)},children:X.merge}),a===0&&(0,L.jsx)(v,{look:`plain`,"aria-label":X.deleteOne(r),onClick:()=>{n(`delete`,e)},children:X.delete})]})]})}export{Q as CategoriesPage};