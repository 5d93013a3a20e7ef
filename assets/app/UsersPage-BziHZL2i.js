import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,S as n,o as r,s as i}from"./index-Ccr_7qME.js";import{C as a,G as o,N as s,O as c,Pt as l,Xt as u,_ as d,a as f,b as p,c as m,f as h,g,h as _,i as v,kt as y,l as b,p as x,q as S,r as C,s as w,u as T,w as E,y as D,z as O}from"./ui-gLCfJyoA.js";import{a as k,n as A}from"./dates-HXiIbxYe.js";import{t as j}from"./entered-D1VSneD7.js";import{t as M}from"./useChange-CqnGZNob.js";import{n as N,r as P}from"./SessionProvider-B8zhNedt.js";var F=e(u(),1),I=s(`
  fragment Account on User {
    id
    name
    email
    role
    isActive
    createdAt
    version
  }
`),L=s(`
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
`,[I]),R=s(`
  query OneUser($id: ID!) {
    user(id: $id) {
      ...Account
    }
  }
`,[I]),z=s(`
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
`,[I]),B=s(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      replayed
      user {
        ...Account
      }
    }
  }
`,[I]),V=s(`
  mutation UpdateUser($input: UpdateUserInput!) {
    updateUser(input: $input) {
      user {
        ...Account
      }
    }
  }
`,[I]),H=s(`
  mutation EndSessions($input: EndSessionsInput!) {
    endSessions(input: $input) {
      endedCount
      user {
        id
      }
    }
  }
`),U=s(`
  query PasswordLimit {
    organization {
      id
      limits {
        minPasswordLength
      }
    }
  }
`),W=l(),G=[`name`,`email`,`role`,`password`];function K({onClose:e}){let{run:t,isBusy:n,problems:r,fieldProblems:i}=M(B),[{data:o}]=S({query:U,requestPolicy:`cache-first`}),[s,c]=(0,F.useState)(`VIEWER`),l=C(),u=async n=>{let{data:r}=await t({name:j(n,`name`),email:j(n,`email`),role:s,password:j(n,`password`)});if(!r?.createUser)return;let{user:i,replayed:a}=r.createUser;l({message:a?O.users.createdBefore(i.name):O.users.created(i.name)}),e()};return(0,W.jsx)(m,{title:O.users.add,onClose:e,children:(0,W.jsxs)(`form`,{className:a.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),u(new FormData(e.currentTarget))},children:[(0,W.jsx)(f,{problems:r.filter(({field:e})=>!e||!G.includes(e))}),(0,W.jsx)(_,{label:O.users.name,name:`name`,autoComplete:`off`,problems:i.get(`name`)}),(0,W.jsx)(_,{label:O.users.email,name:`email`,type:`email`,autoComplete:`off`,problems:i.get(`email`)}),(0,W.jsx)(q,{role:s,onChange:c,problems:i.get(`role`)}),(0,W.jsx)(_,{label:O.users.password,name:`password`,type:`password`,autoComplete:`new-password`,hint:o?.organization&&O.users.passwordHint(o.organization.limits.minPasswordLength),problems:i.get(`password`)}),(0,W.jsxs)(`div`,{className:a.actions,children:[(0,W.jsx)(D,{type:`submit`,look:`primary`,disabled:n,children:O.users.create}),(0,W.jsx)(D,{onClick:e,children:O.common.cancel})]})]})})}function q({role:e,onChange:t,problems:n}){return(0,W.jsx)(x,{label:O.users.role,name:`role`,value:e,hint:O.users.roleHints[e],problems:n,onChange:e=>{let n=r(`ADMIN`).find(t=>t===e.target.value);n&&t(n)},children:r(`ADMIN`).map(e=>(0,W.jsx)(`option`,{value:e,children:O.common.roles[e]},e))})}var J={filters:`_filters_1c9on_1`,search:`_search_1c9on_7`,count:`_count_1c9on_14`,list:`_list_1c9on_18`,row:`_row_1c9on_22`,shown:`_shown_1c9on_30`,name:`_name_1c9on_35`,soft:`_soft_1c9on_48`,narrow:`_narrow_1c9on_53`,fixed:`_fixed_1c9on_64`,section:`_section_1c9on_68`,links:`_links_1c9on_77`,buttons:`_buttons_1c9on_82`,wide:`_wide_1c9on_89`};function Y({id:e,onClose:t}){let[{data:n,error:r,fetching:i},a]=S({query:R,variables:{id:e}}),o=n?.user;return(0,W.jsxs)(m,{title:o?.name??O.users.title,onClose:t,children:[(0,W.jsx)(f,{error:r,onRetry:a}),o?(0,W.jsx)(ee,{user:o}):i?(0,W.jsx)(w,{}):!r&&(0,W.jsx)(`p`,{children:O.users.gone})]})}var X=[`name`,`role`];function Z({name:e,role:t,isActive:n}){return{name:e,role:t??`VIEWER`,isActive:n??!1}}function Q(e,t){let{name:n=e.name,role:r=e.role,isActive:i=e.isActive}=t;return{...n!==e.name&&{name:n},...r!==e.role&&{role:r},...i!==e.isActive&&{isActive:i}}}function ee({user:e}){let[t,n]=(0,F.useState)(null),[r,i]=(0,F.useState)(null),{run:s,isBusy:c,problems:l,fieldProblems:u,reset:p}=M(V),m=o(),{session:h}=N(),g=P(),v=C(),b=t?.base??e,{name:x,role:S}=t??Z(e),w=Q(Z(b),{name:x,role:S}),T=(e,t)=>{n(null),i(null),v({message:e.isActive===void 0?O.users.saved:e.isActive?O.users.activated(t.name):O.users.deactivated(t.name)}),t.id===g.id&&h.freshToken({evenIfValid:!0})},E=async(t,n)=>{let{data:r,problems:i}=await s({id:e.id,expectedVersion:n,...t});r?.updateUser&&T(t,r.updateUser.user),i?.some(({code:e})=>e===`VERSION_CONFLICT`)&&await k(t)},k=async t=>{let{data:r}=await m.query(z,{id:e.id},{requestPolicy:`network-only`}).toPromise(),a=r?.user;if(!a)return;p();let o=Q(Z(a),t);if(Object.keys(o).length===0){n(null),v({message:O.users.sameAlready});return}let[s]=r.auditEvents?.nodes??[];i({changes:o,theirs:a,message:s?O.users.changedBy(s.actor?.name??O.users.commandLine,A(s.at)):O.users.changed})};return(0,W.jsxs)(W.Fragment,{children:[(0,W.jsxs)(`form`,{className:a.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),E(w,b.version)},children:[r&&(0,W.jsx)(d,{differences:te(r),isBusy:c,onKeep:()=>void E(r.changes,r.theirs.version),onTake:()=>{n(null),i(null)},children:r.message}),(0,W.jsx)(f,{problems:l.filter(({field:e,code:t})=>t!==`VERSION_CONFLICT`&&(!e||!X.includes(e)))}),(0,W.jsx)(_,{label:O.users.name,name:`name`,autoComplete:`off`,value:x,problems:u.get(`name`),onChange:e=>{n({base:b,role:S,name:e.target.value})}}),(0,W.jsxs)(`div`,{className:a.field,children:[(0,W.jsx)(`span`,{className:a.label,children:O.users.email}),(0,W.jsx)(`span`,{className:J.fixed,children:e.email})]}),(0,W.jsx)(q,{role:S,problems:u.get(`role`),onChange:e=>{n({base:b,name:x,role:e})}}),(0,W.jsxs)(`div`,{className:a.actions,children:[(0,W.jsx)(D,{type:`submit`,look:`primary`,disabled:c||r!==null||Object.keys(w).length===0,children:O.common.save}),t&&(0,W.jsx)(D,{onClick:()=>{n(null),i(null),p()},children:O.common.cancel})]})]}),(0,W.jsx)(ne,{user:e,isBusy:c,onChange:e=>E({isActive:e},b.version)}),(0,W.jsxs)(`section`,{className:J.section,children:[(0,W.jsx)(`h3`,{children:O.users.trail}),(0,W.jsxs)(`p`,{className:J.links,children:[(0,W.jsx)(y,{to:`/audit`,search:{by:e.id},children:O.users.did}),(0,W.jsx)(y,{to:`/audit`,search:{about:e.id},children:O.users.wasDone})]})]})]})}function te({changes:e,theirs:t}){let n=Z(t),r=e=>e?O.users.active:O.users.inactive,{name:i,role:a,isActive:o}=e;return[...i===void 0?[]:[{label:O.users.name,theirs:n.name,yours:i}],...a===void 0?[]:[{label:O.users.role,theirs:O.common.roles[n.role],yours:O.common.roles[a]}],...o===void 0?[]:[{label:O.users.status,theirs:r(n.isActive),yours:r(o)}]]}function ne({user:e,isBusy:t,onChange:n}){let[r,i]=(0,F.useState)(null),{run:o,isBusy:s,problems:c}=M(H),l=P(),u=C(),d=e.id===l.id,m=()=>{i(null)},h=async()=>{let{data:t}=await o({userId:e.id});m(),t?.endSessions&&u({message:O.users.sessionsEnded(t.endSessions.endedCount)})};return(0,W.jsxs)(`section`,{className:J.section,children:[(0,W.jsx)(`h3`,{children:O.users.access}),(0,W.jsx)(f,{problems:c}),(0,W.jsx)(`p`,{children:d?O.users.ownAccess:e.isActive?O.users.isActive(e.name):O.users.isInactive(e.name)}),(0,W.jsxs)(`div`,{className:J.buttons,children:[d&&(0,W.jsx)(y,{to:`/settings`,className:p(),children:O.users.toSettings}),e.isActive&&!d&&(0,W.jsx)(D,{onClick:()=>{i(`endSessions`)},children:O.users.endSessions}),e.isActive?(0,W.jsx)(D,{look:`danger`,onClick:()=>{i(`deactivate`)},children:O.users.deactivate}):(0,W.jsx)(D,{onClick:()=>void n(!0),children:O.users.activate})]}),r===`deactivate`&&(0,W.jsxs)(g,{title:O.users.deactivateTitle(e.name),onClose:m,children:[(0,W.jsx)(`p`,{children:d?O.users.deactivateSelf:O.users.deactivateHint}),(0,W.jsxs)(`div`,{className:a.actions,children:[(0,W.jsx)(D,{look:`danger`,disabled:t,onClick:()=>void n(!1).then(m),children:O.users.deactivateConfirm}),(0,W.jsx)(D,{"data-first":!0,onClick:m,children:O.common.cancel})]})]}),r===`endSessions`&&(0,W.jsxs)(g,{title:O.users.endSessionsTitle(e.name),onClose:m,children:[(0,W.jsx)(`p`,{children:O.users.endSessionsHint}),(0,W.jsxs)(`div`,{className:a.actions,children:[(0,W.jsx)(D,{look:`danger`,disabled:s,onClick:()=>void h(),children:O.users.endSessionsConfirm}),(0,W.jsx)(D,{"data-first":!0,onClick:m,children:O.common.cancel})]})]})]})}var re=250;function ie(){let e=t({from:`/shell/admins/users`}),o=n({from:`/users`}),[s,c]=(0,F.useState)(null);(0,F.useEffect)(()=>{if(s===null)return;let e=setTimeout(()=>{o({search:e=>({...e,search:s.trim()||void 0}),replace:!0}),c(null)},re);return()=>{clearTimeout(e)}},[s,o]);let l=e=>{o({search:t=>({...t,...e}),replace:!0})},{role:u,active:d}=e;return(0,W.jsxs)(`div`,{className:J.filters,role:`search`,children:[(0,W.jsx)(`input`,{type:`search`,className:E(a.input,J.search),"aria-label":O.users.search,placeholder:O.users.search,maxLength:100,value:s??e.search??``,onChange:e=>{c(e.target.value)}}),(0,W.jsxs)(h,{label:O.users.role,value:u??``,onChange:e=>{l({role:i({role:e.target.value}).role})},children:[(0,W.jsx)(`option`,{value:``,children:O.users.allRoles}),r(`ADMIN`).map(e=>(0,W.jsx)(`option`,{value:e,children:O.common.roles[e]},e))]}),(0,W.jsxs)(h,{label:O.users.status,value:d??``,onChange:e=>{l({active:i({active:e.target.value}).active})},children:[(0,W.jsx)(`option`,{value:``,children:O.users.anyStatus}),(0,W.jsx)(`option`,{value:`yes`,children:O.users.active}),(0,W.jsx)(`option`,{value:`no`,children:O.users.inactive})]}),(e.search||u||d)&&(0,W.jsx)(D,{look:`plain`,onClick:()=>{l({search:void 0,role:void 0,active:void 0})},children:O.users.clear})]})}function ae(){let{search:e,role:n,active:r}=t({from:`/shell/admins/users`}),i={...e&&{search:e},...n&&{role:n},...r&&{isActive:r===`yes`}},[{data:o,error:s,fetching:l},u]=S({query:L,variables:{filter:i}}),d=o?.users?.totalCount;return(0,W.jsxs)(W.Fragment,{children:[(0,W.jsx)(f,{error:s,onRetry:u}),d===void 0&&l&&(0,W.jsx)(w,{}),d!==void 0&&(0,W.jsx)(`p`,{className:J.count,role:`status`,children:O.users.count(d,c(d))}),d===0&&(0,W.jsx)(b,{children:(0,W.jsx)(v,{title:O.users.none,children:(0,W.jsx)(`p`,{children:O.users.noneHint})})}),d!==void 0&&d>0&&(0,W.jsx)(b,{className:J.list,children:(0,W.jsxs)(`table`,{className:a.table,children:[(0,W.jsx)(`thead`,{children:(0,W.jsxs)(`tr`,{children:[(0,W.jsx)(`th`,{scope:`col`,children:O.users.name}),(0,W.jsx)(`th`,{scope:`col`,className:J.wide,children:O.users.email}),(0,W.jsx)(`th`,{scope:`col`,children:O.users.role}),(0,W.jsx)(`th`,{scope:`col`,children:O.users.status}),(0,W.jsx)(`th`,{scope:`col`,className:J.wide,children:O.users.since})]})}),(0,W.jsx)(`tbody`,{children:(0,W.jsx)($,{filter:i},JSON.stringify(i))})]})})]})}function $({filter:e,after:t}){let[n,r]=(0,F.useState)(!1),[{data:i,error:a,fetching:o},s]=S({query:L,variables:{filter:e,...t&&{after:t}}}),c=i?.users?.pageInfo.hasNextPage?i.users.pageInfo.endCursor:null;return(0,W.jsxs)(W.Fragment,{children:[i?.users?.nodes.map(e=>(0,W.jsx)(oe,{user:e},e.id)),t&&a&&(0,W.jsx)(`tr`,{children:(0,W.jsx)(`td`,{colSpan:5,children:(0,W.jsx)(f,{error:a,onRetry:s})})}),c&&(n?(0,W.jsx)($,{filter:e,after:c}):(0,W.jsx)(`tr`,{children:(0,W.jsx)(`td`,{colSpan:5,children:(0,W.jsx)(D,{disabled:o,onClick:()=>{r(!0)},children:O.users.more})})}))]})}function oe({user:e}){let n=P(),{user:r}=t({from:`/shell/admins/users`});return(0,W.jsxs)(`tr`,{className:E(J.row,r===e.id&&J.shown),children:[(0,W.jsxs)(`td`,{children:[(0,W.jsx)(y,{from:`/users`,search:t=>({...t,user:e.id}),className:J.name,children:e.name}),e.id===n.id&&(0,W.jsxs)(`span`,{className:J.soft,children:[` · `,O.users.you]}),(0,W.jsx)(`span`,{className:J.narrow,children:e.email})]}),(0,W.jsx)(`td`,{className:E(J.wide,J.soft),children:e.email}),(0,W.jsx)(`td`,{children:e.role&&O.common.roles[e.role]}),(0,W.jsx)(`td`,{className:E(!e.isActive&&J.soft),children:e.isActive?O.users.active:O.users.inactive}),(0,W.jsx)(`td`,{className:E(J.wide,J.soft),children:e.createdAt&&k(e.createdAt)})]})}function se(){let{user:e}=t({from:`/shell/admins/users`}),r=n({from:`/users`}),i=e=>{r({search:t=>({...t,user:e})})};return(0,W.jsxs)(T,{title:O.users.title,actions:(0,W.jsx)(D,{look:`primary`,onClick:()=>{i(`new`)},children:O.users.add}),children:[(0,W.jsx)(ie,{}),(0,W.jsx)(ae,{}),e===`new`&&(0,W.jsx)(K,{onClose:()=>{i(void 0)}}),e&&e!==`new`&&(0,W.jsx)(Y,{id:e,onClose:()=>{i(void 0)}},e)]})}export{se as UsersPage};