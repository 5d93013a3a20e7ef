import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,S as n,o as r,s as i}from"./index-BEgOZXtC.js";import{At as a,B as o,Ft as s,J as c,K as l,P as u,T as d,Zt as f,_ as p,a as m,b as h,c as g,d as _,g as v,i as y,k as b,l as x,m as S,o as C,p as w,u as T,v as E,w as D,x as O}from"./ui-DjaPX_GW.js";import{a as k,n as A}from"./dates-naMrO9DD.js";import{t as j}from"./entered-D1VSneD7.js";import{t as M}from"./useChange-Di3LuHTl.js";import{n as N,r as P}from"./SessionProvider-CETgvJiC.js";var F=e(f(),1),I=u(`
  fragment Account on User {
    id
    name
    email
    role
    isActive
    createdAt
    version
  }
`),L=u(`
  query UserPage($filter: UserFilter!, $after: String) {
    users(first: 100, after: $after, filter: $filter) {
      totalCount
      nodes {
        ...Account
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`,[I]),R=u(`
  query OneUser($id: ID!) {
    user(id: $id) {
      ...Account
    }
  }
`,[I]),z=u(`
  query UserNow($id: ID!) {
    user(id: $id) {
      ...Account
    }
    auditEvents(first: 1, filter: { entityId: $id, action: UPDATED }) {
      nodes {
        id
        at
        actor {
          id
          name
        }
      }
    }
  }
`,[I]),B=u(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      replayed
      user {
        ...Account
      }
    }
  }
`,[I]),V=u(`
  mutation UpdateUser($input: UpdateUserInput!) {
    updateUser(input: $input) {
      user {
        ...Account
      }
    }
  }
`,[I]),H=u(`
  mutation EndSessions($input: EndSessionsInput!) {
    endSessions(input: $input) {
      endedCount
      user {
        id
      }
    }
  }
`),U=u(`
  query PasswordLimit {
    organization {
      id
      limits {
        minPasswordLength
      }
    }
  }
`),W=s(),G=[`name`,`email`,`role`,`password`];function K({onClose:e}){let{run:t,isBusy:n,problems:r,fieldProblems:i}=M(B),[{data:a}]=c({query:U,requestPolicy:`cache-first`}),[s,l]=(0,F.useState)(`VIEWER`),u=y(),d=async n=>{let{data:r}=await t({name:j(n,`name`),email:j(n,`email`),role:s,password:j(n,`password`)});if(!r?.createUser)return;let{user:i,replayed:a}=r.createUser;u({message:a?o.users.createdBefore(i.name):o.users.created(i.name)}),e()};return(0,W.jsx)(x,{title:o.users.add,onClose:e,children:(0,W.jsxs)(`form`,{className:D.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),d(new FormData(e.currentTarget))},children:[(0,W.jsx)(C,{problems:r.filter(({field:e})=>!e||!G.includes(e))}),(0,W.jsx)(v,{label:o.users.name,name:`name`,autoComplete:`off`,problems:i.get(`name`)}),(0,W.jsx)(v,{label:o.users.email,name:`email`,type:`email`,autoComplete:`off`,problems:i.get(`email`)}),(0,W.jsx)(q,{role:s,onChange:l,problems:i.get(`role`)}),(0,W.jsx)(v,{label:o.users.password,name:`password`,type:`password`,autoComplete:`new-password`,hint:a?.organization&&o.users.passwordHint(a.organization.limits.minPasswordLength),problems:i.get(`password`)}),(0,W.jsxs)(`div`,{className:D.actions,children:[(0,W.jsx)(h,{type:`submit`,look:`primary`,disabled:n,children:o.users.create}),(0,W.jsx)(h,{onClick:e,children:o.common.cancel})]})]})})}function q({role:e,onChange:t,problems:n}){return(0,W.jsx)(S,{label:o.users.role,name:`role`,value:e,hint:o.users.roleHints[e],problems:n,onChange:e=>{let n=r(`ADMIN`).find(t=>t===e.target.value);n&&t(n)},children:r(`ADMIN`).map(e=>(0,W.jsx)(`option`,{value:e,children:o.common.roles[e]},e))})}var J={filters:`_filters_1c9on_1`,search:`_search_1c9on_7`,count:`_count_1c9on_14`,list:`_list_1c9on_18`,row:`_row_1c9on_22`,shown:`_shown_1c9on_30`,name:`_name_1c9on_35`,soft:`_soft_1c9on_48`,narrow:`_narrow_1c9on_53`,fixed:`_fixed_1c9on_64`,section:`_section_1c9on_68`,links:`_links_1c9on_77`,buttons:`_buttons_1c9on_82`,wide:`_wide_1c9on_89`};function Y({id:e,onClose:t}){let[{data:n,error:r,fetching:i},a]=c({query:R,variables:{id:e}}),s=n?.user;return(0,W.jsxs)(x,{title:s?.name??o.users.title,onClose:t,children:[(0,W.jsx)(C,{error:r,onRetry:a}),s?(0,W.jsx)(ee,{user:s}):i?(0,W.jsx)(g,{}):!r&&(0,W.jsx)(`p`,{children:o.users.gone})]})}var X=[`name`,`role`];function Z({name:e,role:t,isActive:n}){return{name:e,role:t??`VIEWER`,isActive:n??!1}}function Q(e,t){let{name:n=e.name,role:r=e.role,isActive:i=e.isActive}=t;return{...n!==e.name&&{name:n},...r!==e.role&&{role:r},...i!==e.isActive&&{isActive:i}}}function ee({user:e}){let[t,n]=(0,F.useState)(null),[r,i]=(0,F.useState)(null),{run:s,isBusy:c,problems:u,fieldProblems:d,reset:f}=M(V),p=l(),{session:m}=N(),g=P(),_=y(),b=t?.base??e,{name:x,role:S}=t??Z(e),w=Q(Z(b),{name:x,role:S}),T=(e,t)=>{n(null),i(null),_({message:e.isActive===void 0?o.users.saved:e.isActive?o.users.activated(t.name):o.users.deactivated(t.name)}),t.id===g.id&&m.freshToken({evenIfValid:!0})},O=async(t,n)=>{let{data:r,problems:i}=await s({id:e.id,expectedVersion:n,...t});r?.updateUser&&T(t,r.updateUser.user),i?.some(({code:e})=>e===`VERSION_CONFLICT`)&&await k(t)},k=async t=>{let{data:r}=await p.query(z,{id:e.id},{requestPolicy:`network-only`}).toPromise(),a=r?.user;if(!a)return;f();let s=Q(Z(a),t);if(Object.keys(s).length===0){n(null),_({message:o.users.sameAlready});return}let[c]=r.auditEvents?.nodes??[];i({changes:s,theirs:a,message:c?o.users.changedBy(c.actor?.name??o.users.commandLine,A(c.at)):o.users.changed})};return(0,W.jsxs)(W.Fragment,{children:[(0,W.jsxs)(`form`,{className:D.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),O(w,b.version)},children:[r&&(0,W.jsx)(E,{differences:te(r),isBusy:c,onKeep:()=>void O(r.changes,r.theirs.version),onTake:()=>{n(null),i(null)},children:r.message}),(0,W.jsx)(C,{problems:u.filter(({field:e,code:t})=>t!==`VERSION_CONFLICT`&&(!e||!X.includes(e)))}),(0,W.jsx)(v,{label:o.users.name,name:`name`,autoComplete:`off`,value:x,problems:d.get(`name`),onChange:e=>{n({base:b,role:S,name:e.target.value})}}),(0,W.jsxs)(`div`,{className:D.field,children:[(0,W.jsx)(`span`,{className:D.label,children:o.users.email}),(0,W.jsx)(`span`,{className:J.fixed,children:e.email})]}),(0,W.jsx)(q,{role:S,problems:d.get(`role`),onChange:e=>{n({base:b,name:x,role:e})}}),(0,W.jsxs)(`div`,{className:D.actions,children:[(0,W.jsx)(h,{type:`submit`,look:`primary`,disabled:c||r!==null||Object.keys(w).length===0,children:o.common.save}),t&&(0,W.jsx)(h,{onClick:()=>{n(null),i(null),f()},children:o.common.cancel})]})]}),(0,W.jsx)(ne,{user:e,isBusy:c,onChange:e=>O({isActive:e},b.version)}),(0,W.jsxs)(`section`,{className:J.section,children:[(0,W.jsx)(`h3`,{children:o.users.trail}),(0,W.jsxs)(`p`,{className:J.links,children:[(0,W.jsx)(a,{to:`/audit`,search:{by:e.id},children:o.users.did}),(0,W.jsx)(a,{to:`/audit`,search:{about:e.id},children:o.users.wasDone})]})]})]})}function te({changes:e,theirs:t}){let n=Z(t),r=e=>e?o.users.active:o.users.inactive,{name:i,role:a,isActive:s}=e;return[...i===void 0?[]:[{label:o.users.name,theirs:n.name,yours:i}],...a===void 0?[]:[{label:o.users.role,theirs:o.common.roles[n.role],yours:o.common.roles[a]}],...s===void 0?[]:[{label:o.users.status,theirs:r(n.isActive),yours:r(s)}]]}function ne({user:e,isBusy:t,onChange:n}){let[r,i]=(0,F.useState)(null),{run:s,isBusy:c,problems:l}=M(H),u=P(),d=y(),f=e.id===u.id,m=()=>{i(null)},g=async()=>{let{data:t}=await s({userId:e.id});m(),t?.endSessions&&d({message:o.users.sessionsEnded(t.endSessions.endedCount)})};return(0,W.jsxs)(`section`,{className:J.section,children:[(0,W.jsx)(`h3`,{children:o.users.access}),(0,W.jsx)(C,{problems:l}),(0,W.jsx)(`p`,{children:f?o.users.ownAccess:e.isActive?o.users.isActive(e.name):o.users.isInactive(e.name)}),(0,W.jsxs)(`div`,{className:J.buttons,children:[f&&(0,W.jsx)(a,{to:`/settings`,className:O(),children:o.users.toSettings}),e.isActive&&!f&&(0,W.jsx)(h,{onClick:()=>{i(`endSessions`)},children:o.users.endSessions}),e.isActive?(0,W.jsx)(h,{look:`danger`,onClick:()=>{i(`deactivate`)},children:o.users.deactivate}):(0,W.jsx)(h,{onClick:()=>void n(!0),children:o.users.activate})]}),r===`deactivate`&&(0,W.jsxs)(p,{title:o.users.deactivateTitle(e.name),onClose:m,children:[(0,W.jsx)(`p`,{children:f?o.users.deactivateSelf:o.users.deactivateHint}),(0,W.jsxs)(`div`,{className:D.actions,children:[(0,W.jsx)(h,{look:`danger`,disabled:t,onClick:()=>void n(!1).then(m),children:o.users.deactivateConfirm}),(0,W.jsx)(h,{"data-first":!0,onClick:m,children:o.common.cancel})]})]}),r===`endSessions`&&(0,W.jsxs)(p,{title:o.users.endSessionsTitle(e.name),onClose:m,children:[(0,W.jsx)(`p`,{children:o.users.endSessionsHint}),(0,W.jsxs)(`div`,{className:D.actions,children:[(0,W.jsx)(h,{look:`danger`,disabled:c,onClick:()=>void g(),children:o.users.endSessionsConfirm}),(0,W.jsx)(h,{"data-first":!0,onClick:m,children:o.common.cancel})]})]})]})}var re=250;function ie(){let e=t({from:`/shell/admins/users`}),a=n({from:`/users`}),[s,c]=(0,F.useState)(null);(0,F.useEffect)(()=>{if(s===null)return;let e=setTimeout(()=>{a({search:e=>({...e,search:s.trim()||void 0}),replace:!0}),c(null)},re);return()=>{clearTimeout(e)}},[s,a]);let l=e=>{a({search:t=>({...t,...e}),replace:!0})},{role:u,active:f}=e;return(0,W.jsxs)(`div`,{className:J.filters,role:`search`,children:[(0,W.jsx)(`input`,{type:`search`,className:d(D.input,J.search),"aria-label":o.users.search,placeholder:o.users.search,maxLength:100,value:s??e.search??``,onChange:e=>{c(e.target.value)}}),(0,W.jsxs)(w,{label:o.users.role,value:u??``,onChange:e=>{l({role:i({role:e.target.value}).role})},children:[(0,W.jsx)(`option`,{value:``,children:o.users.allRoles}),r(`ADMIN`).map(e=>(0,W.jsx)(`option`,{value:e,children:o.common.roles[e]},e))]}),(0,W.jsxs)(w,{label:o.users.status,value:f??``,onChange:e=>{l({active:i({active:e.target.value}).active})},children:[(0,W.jsx)(`option`,{value:``,children:o.users.anyStatus}),(0,W.jsx)(`option`,{value:`yes`,children:o.users.active}),(0,W.jsx)(`option`,{value:`no`,children:o.users.inactive})]}),(e.search||u||f)&&(0,W.jsx)(h,{look:`plain`,onClick:()=>{l({search:void 0,role:void 0,active:void 0})},children:o.users.clear})]})}function ae(){let{search:e,role:n,active:r}=t({from:`/shell/admins/users`}),i={...e&&{search:e},...n&&{role:n},...r&&{isActive:r===`yes`}},[{data:a,error:s,fetching:l},u]=c({query:L,variables:{filter:i}}),d=a?.users?.totalCount;return(0,W.jsxs)(W.Fragment,{children:[(0,W.jsx)(C,{error:s,onRetry:u}),d===void 0&&l&&(0,W.jsx)(g,{}),d!==void 0&&(0,W.jsx)(`p`,{className:J.count,role:`status`,children:o.users.count(d,b(d))}),d===0&&(0,W.jsx)(T,{children:(0,W.jsx)(m,{title:o.users.none,children:(0,W.jsx)(`p`,{children:o.users.noneHint})})}),d!==void 0&&d>0&&(0,W.jsx)(T,{className:J.list,children:(0,W.jsxs)(`table`,{className:D.table,children:[(0,W.jsx)(`thead`,{children:(0,W.jsxs)(`tr`,{children:[(0,W.jsx)(`th`,{scope:`col`,children:o.users.name}),(0,W.jsx)(`th`,{scope:`col`,className:J.wide,children:o.users.email}),(0,W.jsx)(`th`,{scope:`col`,children:o.users.role}),(0,W.jsx)(`th`,{scope:`col`,children:o.users.status}),(0,W.jsx)(`th`,{scope:`col`,className:J.wide,children:o.users.since})]})}),(0,W.jsx)(`tbody`,{children:(0,W.jsx)($,{filter:i},JSON.stringify(i))})]})})]})}function $({filter:e,after:t}){let[n,r]=(0,F.useState)(!1),[{data:i,error:a,fetching:s},l]=c({query:L,variables:{filter:e,...t&&{after:t}}}),u=i?.users?.pageInfo.hasNextPage?i.users.pageInfo.endCursor:null;return(0,W.jsxs)(W.Fragment,{children:[i?.users?.nodes.map(e=>(0,W.jsx)(oe,{user:e},e.id)),t&&a&&(0,W.jsx)(`tr`,{children:(0,W.jsx)(`td`,{colSpan:5,children:(0,W.jsx)(C,{error:a,onRetry:l})})}),u&&(n?(0,W.jsx)($,{filter:e,after:u}):(0,W.jsx)(`tr`,{children:(0,W.jsx)(`td`,{colSpan:5,children:(0,W.jsx)(h,{disabled:s,onClick:()=>{r(!0)},children:o.users.more})})}))]})}function oe({user:e}){let n=P(),{user:r}=t({from:`/shell/admins/users`});return(0,W.jsxs)(`tr`,{className:d(J.row,r===e.id&&J.shown),children:[(0,W.jsxs)(`td`,{children:[(0,W.jsx)(a,{from:`/users`,search:t=>({...t,user:e.id}),className:J.name,children:e.name}),e.id===n.id&&(0,W.jsxs)(`span`,{className:J.soft,children:[` · `,o.users.you]}),(0,W.jsx)(`span`,{className:J.narrow,children:e.email})]}),(0,W.jsx)(`td`,{className:d(J.wide,J.soft),children:e.email}),(0,W.jsx)(`td`,{children:e.role&&o.common.roles[e.role]}),(0,W.jsx)(`td`,{className:d(!e.isActive&&J.soft),children:e.isActive?o.users.active:o.users.inactive}),(0,W.jsx)(`td`,{className:d(J.wide,J.soft),children:e.createdAt&&k(e.createdAt)})]})}function se(){let{user:e}=t({from:`/shell/admins/users`}),r=n({from:`/users`}),i=e=>{r({search:t=>({...t,user:e})})};return(0,W.jsxs)(_,{title:o.users.title,actions:(0,W.jsx)(h,{look:`primary`,onClick:()=>{i(`new`)},children:o.users.add}),children:[(0,W.jsx)(ie,{}),(0,W.jsx)(ae,{}),e===`new`&&(0,W.jsx)(K,{onClose:()=>{i(void 0)}}),e&&e!==`new`&&(0,W.jsx)(Y,{id:e,onClose:()=>{i(void 0)}},e)]})}export{se as UsersPage};