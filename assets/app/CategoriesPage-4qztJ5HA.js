import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{At as t,B as n,Ft as r,J as i,K as a,P as o,Zt as s,_ as c,a as l,b as u,d,g as f,i as p,k as m,n as h,o as g,s as _,u as v,w as y}from"./ui-DjaPX_GW.js";import{C as b,S as x,a as S}from"./index-BEgOZXtC.js";import{r as C}from"./dates-naMrO9DD.js";import{t as w}from"./useNews-bXbSEGNm.js";import{r as T}from"./SessionProvider-CETgvJiC.js";import{t as E}from"./useChange-Di3LuHTl.js";var D=e(s(),1),O={name:`_name_19w67_1`,day:`_day_19w67_11`,actions:`_actions_19w67_16`,quiet:`_quiet_19w67_21`,merged:`_merged_19w67_26`,targets:`_targets_19w67_43`,target:`_target_19w67_43`,what:`_what_19w67_67`,all:`_all_19w67_75`},k=o(`
  fragment CategoryParts on Category {
    id
    name
    recordCount
    lastUsedOn
    version
  }
`),A=o(`
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
`,[k]),j=o(`
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
`,[k]),M=o(`
  query MergeTargets($search: String) {
    categories(first: 9, search: $search) {
      totalCount
      nodes {
        ...CategoryParts
      }
    }
  }
`,[k]),N=o(`
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
`),ee=o(`
  mutation RenameCategory($input: RenameCategoryInput!) {
    renameCategory(input: $input) {
      category {
        ...CategoryParts
      }
    }
  }
`,[k]),te=o(`
  mutation MergeCategories($input: MergeCategoriesInput!) {
    mergeCategories(input: $input) {
      mergedCategoryId
      category {
        ...CategoryParts
      }
    }
  }
`,[k]),P=o(`
  mutation UnmergeCategory($input: UnmergeCategoryInput!) {
    unmergeCategory(input: $input) {
      category {
        ...CategoryParts
      }
    }
  }
`,[k]),F=o(`
  mutation DeleteCategory($input: DeleteCategoryInput!) {
    deleteCategory(input: $input) {
      deletedCategoryId
    }
  }
`),I=r(),L=n.categories.deleting;function ne({category:{id:e,name:t,version:r},onClose:i,onMergeInstead:a}){let{run:o,isBusy:s,problems:l}=E(F),d=p(),f=l.some(({extensions:e})=>typeof e.recordCount==`number`),m=async()=>{let{problems:n}=await o({id:e,expectedVersion:r});n||(d({message:L.done(t)}),i())};return(0,I.jsxs)(c,{title:L.title(t),onClose:i,children:[(0,I.jsxs)(`div`,{className:y.form,children:[(0,I.jsx)(g,{problems:l.map(e=>({...e,message:re(e)}))}),l.length===0&&(0,I.jsx)(`p`,{children:L.hint})]}),(0,I.jsxs)(`div`,{className:y.actions,children:[f?(0,I.jsx)(u,{look:`primary`,onClick:a,children:n.categories.merge}):(0,I.jsx)(u,{look:`danger`,disabled:s,onClick:()=>void m(),children:L.submit}),(0,I.jsx)(u,{onClick:i,children:n.common.cancel})]})]})}function re({message:e,extensions:t}){let{recordCount:n,deletedRecordCount:r,mergedCount:i}=t;return typeof n==`number`&&typeof r==`number`?L.hasRecords(n,m(n),r,m(r)):typeof i==`number`?L.hasMerged:e}var R=n.categories.merging,z=8;function B({category:e,into:t,onClose:r,onMerged:a,onUndo:o}){let{run:s,isBusy:l,problems:d}=E(te),[h,_]=(0,D.useState)(t),[v,b]=(0,D.useState)(null),x=(0,D.useDeferredValue)(h.trim()),[{data:S,error:C,fetching:w},T]=i({query:M,variables:{search:x}}),k=p(),A=(S?.categories?.nodes??[]).filter(({id:t})=>t!==e.id).slice(0,z),j=(S?.categories?.totalCount??0)>A.length+1,N=async()=>{if(!v)return;let{data:t}=await s({fromId:e.id,intoId:v.id}),i=t?.mergeCategories?.category;if(!i)return;let c={id:e.id,name:e.name,into:i};k({message:R.done(e.name,i.name),action:{label:n.common.undo,run:()=>{o(c)}}}),a(),r()};return(0,I.jsx)(c,{title:R.title(e.name),onClose:r,children:(0,I.jsxs)(`form`,{className:y.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),N()},children:[(0,I.jsx)(g,{problems:d.map(e=>e.code===`CONFLICT`?{...e,message:R.gone}:e)}),(0,I.jsx)(g,{error:C,onRetry:T}),(0,I.jsx)(f,{label:R.search,"data-first":!0,autoComplete:`off`,maxLength:100,value:h,onChange:({target:e})=>{_(e.value),b(null)}}),(0,I.jsxs)(`fieldset`,{className:O.targets,children:[(0,I.jsx)(`legend`,{className:y.hidden,children:R.found}),A.map(e=>(0,I.jsxs)(`label`,{className:O.target,children:[(0,I.jsx)(`input`,{type:`radio`,name:`into`,checked:v?.id===e.id,onChange:()=>{b(e)}}),(0,I.jsx)(`span`,{children:e.name}),(0,I.jsx)(`span`,{className:O.quiet,children:n.common.records(e.recordCount,m(e.recordCount))})]},e.id)),A.length===0&&!w&&!C&&(0,I.jsx)(`p`,{className:O.quiet,children:R.noMatch}),j&&(0,I.jsx)(`p`,{className:O.quiet,children:R.narrow})]}),v&&(0,I.jsxs)(`div`,{className:O.what,role:`status`,children:[(0,I.jsx)(`p`,{children:R.what(e.name,e.recordCount,m(e.recordCount),v.name)}),(0,I.jsx)(`p`,{children:R.canUndo})]}),(0,I.jsxs)(`div`,{className:y.actions,children:[(0,I.jsx)(u,{type:`submit`,look:`primary`,disabled:l||!v,children:R.submit}),(0,I.jsx)(u,{onClick:r,children:n.common.cancel})]})]})})}var V=n.categories.merged;function H({merged:e,onUndo:t}){return(0,I.jsxs)(v,{title:V.title,children:[e===null&&(0,I.jsx)(_,{height:`2em`}),e?.length===0&&(0,I.jsx)(`p`,{className:O.quiet,children:V.none}),(0,I.jsx)(`ul`,{className:O.merged,children:e?.map(e=>(0,I.jsxs)(`li`,{children:[(0,I.jsx)(`span`,{children:e.name}),(0,I.jsx)(`span`,{className:O.quiet,children:V.into(e.into.name)}),(0,I.jsx)(u,{look:`plain`,"aria-label":V.undoOne(e.name,e.into.name),onClick:()=>{t(e)},children:V.undo})]},e.id))})]})}var U=n.categories.renaming;function W({category:{id:e,name:t},onClose:r,onMergeInstead:i}){let{run:a,isBusy:o,problems:s,reset:l}=E(ee),[d,m]=(0,D.useState)(t),h=p(),_=s.some(({code:e})=>e===`CONFLICT`),v=async()=>{if(d===t){r();return}let{data:n}=await a({id:e,name:d}),i=n?.renameCategory?.category.name;i!==void 0&&(h({message:U.done(t,i)}),r())};return(0,I.jsx)(c,{title:U.title(t),onClose:r,children:(0,I.jsxs)(`form`,{className:y.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),v()},children:[(0,I.jsx)(g,{problems:s.filter(({field:e})=>e!==`name`)}),(0,I.jsx)(f,{label:U.name,"data-first":!0,autoComplete:`off`,value:d,problems:s.flatMap(({code:e,field:t,message:n})=>t===`name`?[e===`CONFLICT`?U.taken:n]:[]),onChange:({target:e})=>{m(e.value),l()}}),(0,I.jsxs)(`div`,{className:y.actions,children:[(0,I.jsx)(u,{type:`submit`,look:`primary`,disabled:o,children:U.submit}),_&&(0,I.jsx)(u,{onClick:()=>{i(d.trim())},children:U.mergeInstead}),(0,I.jsx)(u,{onClick:r,children:n.common.cancel})]})]})})}function G(e,t){let n=a(),[r,i]=(0,D.useState)(null),[o,s]=(0,D.useState)(0);return(0,D.useEffect)(()=>{if(!e)return;let t=!1;return(async()=>{let e=new Map,r=null;for(;;){let{data:i}=await n.query(N,{after:r},{requestPolicy:`network-only`}).toPromise(),a=i?.changes;if(t||!a)return;for(let{changedId:t,node:n}of a.nodes??[])e.delete(t),n?.__typename===`Category`&&n.mergedInto&&e.set(n.id,{id:n.id,name:n.name,into:n.mergedInto});if(!a.pageInfo.hasNextPage)break;r=a.pageInfo.endCursor}i([...e.values()].sort((e,t)=>e.name.localeCompare(t.name)))})(),()=>{t=!0}},[n,t,e,o]),{merged:r,reload:(0,D.useCallback)(()=>{s(e=>e+1)},[])}}var K=n.categories.merged;function q(e){let{run:t}=E(P),n=p();return(0,D.useCallback)(async({id:r,name:i})=>{let{problems:a}=await t({id:r}),[o]=a??[];n({message:o?.message??K.undone(i)}),e()},[e,t,n])}var J=n.categories,Y=250,X=4;function Z(){let e=T(),{search:t,category:n}=b({from:`/shell/categories`}),[r,i]=(0,D.useState)(null),a=S(e.role,`ADMIN`),o=w([`CATEGORY`,`RECORD`]),{merged:s,reload:c}=G(a,o),l=q(c),u=()=>{i(null)},f=a?(e,t)=>{i({what:e,category:t})}:null;return(0,I.jsxs)(d,{title:J.title,children:[(0,I.jsx)(ie,{search:t??``}),n!==void 0&&(0,I.jsx)(se,{id:n,context:o,onDo:f}),(0,I.jsx)(ae,{search:t??null,context:o,onDo:f},t??``),a&&(0,I.jsx)(H,{merged:s,onUndo:e=>void l(e)}),r?.what===`rename`&&(0,I.jsx)(W,{category:r.category,onClose:u,onMergeInstead:e=>{i({what:`merge`,category:r.category,into:e})}}),r?.what===`merge`&&(0,I.jsx)(B,{category:r.category,into:r.into??``,onClose:u,onMerged:c,onUndo:e=>void l(e)}),r?.what===`delete`&&(0,I.jsx)(ne,{category:r.category,onClose:u,onMergeInstead:()=>{i({what:`merge`,category:r.category})}})]})}function ie({search:e}){let t=x(),[n,r]=(0,D.useState)(e);return(0,D.useEffect)(()=>{if(n.trim()===e)return;let r=setTimeout(()=>void t({to:`/categories`,search:{search:n.trim()||void 0},replace:!0}),Y);return()=>{clearTimeout(r)}},[t,e,n]),(0,I.jsx)(`input`,{type:`search`,className:y.input,"aria-label":J.search,placeholder:J.search,maxLength:100,value:n,onChange:({target:e})=>{r(e.value)}})}function ae({search:e,context:t,onDo:n}){let[{data:r,error:a,fetching:o},s]=i({query:A,variables:{search:e,after:null},context:t}),c=r?.categories;return c?.totalCount===0?(0,I.jsx)(v,{children:(0,I.jsx)(l,{title:e===null?J.none:J.noMatch(e),children:e===null&&(0,I.jsx)(`p`,{children:J.noneHint})})}):(0,I.jsxs)(v,{title:c&&J.count(c.totalCount,m(c.totalCount)),children:[(0,I.jsx)(g,{error:a,onRetry:s}),!c&&!a&&(0,I.jsx)(_,{height:`16em`}),c&&(0,I.jsx)($,{onDo:n,children:n=>(0,I.jsx)(Q,{list:c,isBusy:o,search:e,context:t,line:n})})]})}function Q({list:e,isBusy:t,...n}){let[r,i]=(0,D.useState)(!1),a=e.pageInfo.hasNextPage?e.pageInfo.endCursor:null;return(0,I.jsxs)(I.Fragment,{children:[e.nodes.map(n.line),a!==null&&(r?(0,I.jsx)(oe,{after:a,...n}):(0,I.jsx)(`tr`,{children:(0,I.jsx)(`td`,{colSpan:X,children:(0,I.jsx)(u,{disabled:t,onClick:()=>{i(!0)},children:J.more})})}))]})}function oe({after:e,...t}){let{search:n,context:r}=t,[{data:a,error:o,fetching:s},c]=i({query:A,variables:{search:n,after:e},context:r}),l=a?.categories;return(0,I.jsxs)(I.Fragment,{children:[o&&(0,I.jsx)(`tr`,{children:(0,I.jsx)(`td`,{colSpan:X,children:(0,I.jsx)(g,{error:o,onRetry:c})})}),l&&(0,I.jsx)(Q,{list:l,isBusy:s,...t})]})}function se({id:e,context:n,onDo:r}){let[{data:a,error:o,fetching:s},c]=i({query:j,variables:{id:e},context:n}),l=a?.node?.__typename===`Category`?a.node:null;return(0,I.jsxs)(v,{title:J.one,actions:(0,I.jsx)(t,{to:`/categories`,className:O.all,children:J.all}),children:[(0,I.jsx)(g,{error:o,onRetry:c}),!l&&!s&&!o&&(0,I.jsx)(`p`,{children:J.oneGone}),l?.mergedInto&&(0,I.jsx)(`p`,{children:`${l.name}: ${J.merged.into(l.mergedInto.name)}`}),l&&!l.mergedInto&&(0,I.jsx)($,{onDo:r,children:e=>e(l)})]})}function $({onDo:e,children:t}){let n=h()&&e!==null;return(0,I.jsx)(`div`,{className:y.scroll,children:(0,I.jsxs)(`table`,{className:y.table,children:[(0,I.jsx)(`thead`,{children:(0,I.jsxs)(`tr`,{children:[(0,I.jsx)(`th`,{scope:`col`,children:J.name}),(0,I.jsx)(`th`,{scope:`col`,className:y.number,children:J.records}),!n&&(0,I.jsx)(`th`,{scope:`col`,children:J.lastUsed}),e&&(0,I.jsx)(`th`,{scope:`col`,children:(0,I.jsx)(`span`,{className:y.hidden,children:J.actions})})]})}),(0,I.jsx)(`tbody`,{children:t(t=>(0,I.jsx)(ce,{category:t,isBelow:n,onDo:e},t.id))})]})})}function ce({category:e,isBelow:n,onDo:r}){let{name:i,recordCount:a,lastUsedOn:o}=e;return(0,I.jsxs)(`tr`,{children:[(0,I.jsxs)(`td`,{children:[(0,I.jsx)(t,{to:`/records`,search:{category:i},className:O.name,children:i}),n&&(0,I.jsx)(`p`,{className:O.quiet,children:o===null?J.neverUsed:J.lastUsedOn(C(o))})]}),(0,I.jsx)(`td`,{className:y.number,children:m(a)}),!n&&(0,I.jsx)(`td`,{className:O.day,children:o===null?J.never:C(o)}),r&&(0,I.jsxs)(`td`,{className:O.actions,children:[(0,I.jsx)(u,{look:`plain`,"aria-label":J.renameOne(i),onClick:()=>{r(`rename`,e)},children:J.rename}),(0,I.jsx)(u,{look:`plain`,"aria-label":J.mergeOne(i),onClick:()=>{r(`merge`,e)},children:J.merge}),a===0&&(0,I.jsx)(u,{look:`plain`,"aria-label":J.deleteOne(i),onClick:()=>{r(`delete`,e)},children:J.delete})]})]})}export{Z as CategoriesPage};