import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{At as t,B as n,Ft as r,J as i,K as a,P as o,R as s,Zt as c,_ as l,b as u,c as d,d as f,f as p,g as m,i as h,m as g,o as _,q as v,u as y,v as b,w as x,x as S,y as C,z as w}from"./ui-DjaPX_GW.js";import{A as T,a as ee,k as te,o as E}from"./index-BEgOZXtC.js";import{n as D,r as O}from"./SessionProvider-CETgvJiC.js";import{t as k}from"./entered-D1VSneD7.js";import{a as A,f as j,n as M,t as N}from"./dates-naMrO9DD.js";import{t as P}from"./useChange-Di3LuHTl.js";import{t as F}from"./clientName-D-EynOuL.js";var I={columns:`_columns_1i7ko_1`,column:`_column_1i7ko_1`,facts:`_facts_1i7ko_19`,hint:`_hint_1i7ko_33`,choices:`_choices_1i7ko_43`,check:`_check_1i7ko_53`,none:`_none_1i7ko_72`,sessions:`_sessions_1i7ko_76`,session:`_session_1i7ko_76`,client:`_client_1i7ko_95`,tokenName:`_tokenName_1i7ko_103`,moment:`_moment_1i7ko_108`,token:`_token_1i7ko_103`},L=r(),R=[`system`,`light`,`dark`];function z(){let e=T();return(0,L.jsxs)(y,{title:n.settings.appearance,children:[(0,L.jsx)(`fieldset`,{className:I.choices,"aria-label":n.settings.appearance,children:R.map(t=>(0,L.jsxs)(`label`,{children:[(0,L.jsx)(`input`,{type:`radio`,name:`theme`,checked:t===e,onChange:()=>{te(t)}}),n.settings.themes[t]]},t))}),(0,L.jsx)(`p`,{className:I.hint,children:n.settings.appearanceHint})]})}var B=e(c(),1),V=o(`
  fragment Own on User {
    id
    name
    email
    role
    createdAt
    version
  }
`),H=o(`
  query Profile {
    me {
      ...Own
    }
    organization {
      id
      limits {
        minPasswordLength
      }
    }
  }
`,[V]),U=o(`
  query OwnAccount {
    me {
      ...Own
    }
  }
`,[V]),W=o(`
  mutation UpdateProfile($input: UpdateProfileInput!) {
    updateProfile(input: $input) {
      user {
        ...Own
      }
    }
  }
`,[V]),G=o(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      user {
        id
      }
    }
  }
`),K=o(`
  query MySessions {
    mySessions {
      id
      createdAt
      lastUsedAt
      userAgent
      isCurrent
    }
  }
`),q=o(`
  mutation RevokeSession($input: RevokeSessionInput!) {
    revokeSession(input: $input) {
      revokedSessionId
    }
  }
`),J=o(`
  fragment Token on ApiToken {
    id
    name
    role
    createdAt
    expiresAt
    lastUsedAt
    lastUsedFrom
    owner {
      id
      name
    }
  }
`),Y=o(`
  query TokenPage($ofEverybody: Boolean!, $after: String) {
    apiTokens(first: 50, after: $after, ofEverybody: $ofEverybody) {
      nodes {
        ...Token
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`,[J]),X=o(`
  mutation CreateApiToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      token
      apiToken {
        ...Token
      }
    }
  }
`,[J]),Z=o(`
  mutation RevokeApiToken($input: RevokeApiTokenInput!) {
    revokeApiToken(input: $input) {
      revokedApiTokenId
    }
  }
`),ne=[`currentPassword`,`newPassword`];function re(){let[{data:e}]=i({query:H,requestPolicy:`cache-only`}),[{fetching:t,error:r},a]=v(G),[o,c]=(0,B.useState)(0),{email:l}=O(),d=h(),f=w(r),p=s(f),g=async e=>{(await a({input:{currentPassword:k(e,`currentPassword`),newPassword:k(e,`newPassword`)}})).data?.changePassword&&(d({message:n.settings.passwordChanged}),c(e=>e+1))};return(0,L.jsx)(y,{title:n.settings.password,children:(0,L.jsxs)(`form`,{className:x.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),g(new FormData(e.currentTarget))},children:[(0,L.jsx)(_,{problems:f.filter(({field:e})=>!e||!ne.includes(e))}),(0,L.jsx)(`input`,{type:`email`,name:`email`,autoComplete:`username`,value:l??``,readOnly:!0,hidden:!0}),(0,L.jsx)(m,{label:n.settings.currentPassword,name:`currentPassword`,type:`password`,autoComplete:`current-password`,problems:p.get(`currentPassword`)}),(0,L.jsx)(m,{label:n.settings.newPassword,name:`newPassword`,type:`password`,autoComplete:`new-password`,hint:e?.organization&&n.settings.passwordHint(e.organization.limits.minPasswordLength),problems:p.get(`newPassword`)}),(0,L.jsx)(`p`,{className:I.hint,children:n.settings.passwordEffect}),(0,L.jsx)(`div`,{children:(0,L.jsx)(u,{type:`submit`,look:`primary`,disabled:t,children:n.settings.changePassword})})]},o)})}function ie({me:e}){let[t,r]=(0,B.useState)(null),[i,o]=(0,B.useState)(null),{run:s,isBusy:c,problems:l,fieldProblems:d,reset:f}=P(W),p=a(),{session:g}=D(),v=h(),y=t?.base??e,S=t?.name??e.name,C=()=>{r(null),o(null),f()},w=e=>{C(),v({message:e}),g.freshToken({evenIfValid:!0})},T=async e=>{let{data:t,problems:r}=await s({name:S,expectedVersion:e});if(t?.updateProfile&&w(n.settings.nameSaved),!r?.some(({code:e})=>e===`VERSION_CONFLICT`))return;let{data:i}=await p.query(U,{},{requestPolicy:`network-only`}).toPromise();i?.me&&(f(),i.me.name===S?w(n.settings.sameAlready):o(i.me))};return(0,L.jsxs)(`form`,{className:x.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),T(y.version)},children:[i&&(0,L.jsx)(b,{differences:[{label:n.settings.name,theirs:i.name,yours:S}],isBusy:c,onKeep:()=>void T(i.version),onTake:C,children:n.settings.changedMeanwhile}),(0,L.jsx)(_,{problems:l.filter(({field:e,code:t})=>e!==`name`&&t!==`VERSION_CONFLICT`)}),(0,L.jsx)(m,{label:n.settings.name,name:`name`,autoComplete:`name`,maxLength:100,value:S,problems:d.get(`name`),onChange:({target:e})=>{r({base:y,name:e.value})}}),(0,L.jsxs)(`div`,{className:x.actions,children:[(0,L.jsx)(u,{type:`submit`,disabled:c||i!==null||S===y.name,children:n.settings.saveName}),t&&(0,L.jsx)(u,{onClick:C,children:n.common.cancel})]})]})}function ae(){let[{data:e,error:r,fetching:a},o]=i({query:H}),s=e?.me;return(0,L.jsxs)(y,{title:n.settings.profile,children:[(0,L.jsx)(_,{error:r,onRetry:o}),!s&&a&&(0,L.jsx)(d,{}),s&&(0,L.jsxs)(L.Fragment,{children:[(0,L.jsx)(ie,{me:s}),(0,L.jsxs)(`dl`,{className:I.facts,children:[(0,L.jsx)(`dt`,{children:n.settings.email}),(0,L.jsx)(`dd`,{children:s.email}),(0,L.jsx)(`dt`,{children:n.settings.role}),(0,L.jsx)(`dd`,{children:s.role&&n.common.roles[s.role]}),(0,L.jsx)(`dt`,{children:n.settings.since}),(0,L.jsx)(`dd`,{children:s.createdAt&&A(s.createdAt)})]}),s.role===`ADMIN`?(0,L.jsx)(`p`,{className:x.actions,children:(0,L.jsx)(t,{to:`/users`,search:{user:s.id},className:S(),children:n.settings.editProfile})}):(0,L.jsx)(`p`,{className:I.hint,children:n.settings.askAnAdmin})]})]})}function oe(){let[{data:e,error:t,fetching:r},a]=i({query:K}),[o,s]=(0,B.useState)(!1);return(0,L.jsxs)(y,{title:n.settings.sessions,children:[(0,L.jsx)(`p`,{className:I.hint,children:n.settings.sessionsHint}),(0,L.jsx)(_,{error:t,onRetry:a}),!e&&r&&(0,L.jsx)(d,{}),(0,L.jsx)(`ul`,{className:I.sessions,children:e?.mySessions?.map(e=>(0,L.jsx)(se,{session:e},e.id))}),(0,L.jsx)(`div`,{className:x.actions,children:(0,L.jsx)(u,{onClick:()=>{s(!0)},children:n.settings.signOutEverywhere})}),o&&(0,L.jsx)(ce,{onClose:()=>{s(!1)}})]})}function se({session:e}){let{run:t,isBusy:r,problems:i}=P(q),a=h(),o=F(e.userAgent),s=async()=>{let{data:r}=await t({id:e.id});r?.revokeSession&&a({message:n.settings.sessionEnded(o)})};return(0,L.jsxs)(`li`,{children:[(0,L.jsxs)(`div`,{className:I.session,children:[(0,L.jsxs)(`p`,{className:I.client,title:e.userAgent??void 0,children:[o,` `,e.isCurrent&&(0,L.jsx)(C,{children:n.settings.thisSession})]}),(0,L.jsxs)(`p`,{className:I.hint,children:[n.settings.signedIn(A(e.createdAt)),`, `,n.settings.lastUsed(M(e.lastUsedAt))]}),(0,L.jsx)(_,{problems:i})]}),!e.isCurrent&&(0,L.jsx)(u,{disabled:r,"aria-label":n.settings.endSessionOf(o),onClick:()=>void s(),children:n.settings.endSession})]})}function ce({onClose:e}){let{session:t}=D(),[r,i]=(0,B.useState)([]),[a,o]=(0,B.useState)(!1),s=async()=>{o(!0),i(await t.signOut({everywhere:!0})),o(!1)};return(0,L.jsxs)(l,{title:n.settings.signOutEverywhereTitle,onClose:e,children:[(0,L.jsx)(_,{problems:r}),(0,L.jsx)(`p`,{children:n.settings.signOutEverywhereHint}),(0,L.jsxs)(`div`,{className:x.actions,children:[(0,L.jsx)(u,{look:`danger`,disabled:a,onClick:()=>void s(),children:n.settings.signOutEverywhereConfirm}),(0,L.jsx)(u,{"data-first":!0,onClick:e,children:n.common.cancel})]})]})}var Q=[`30`,`90`,`365`,`day`,`never`];function le(e,t,n=j()){if(e===`never`)return null;let[r=0,i=1,a=1]=(e===`day`?t:N(n,Number(e))).split(`-`).map(Number);return new Date(r,i-1,a+1).toISOString()}function ue({onClose:e}){let[t,r]=(0,B.useState)(null);return(0,L.jsx)(l,{title:t?n.settings.tokenReady:n.settings.newToken,onClose:e,children:t?(0,L.jsx)(pe,{token:t.token,onClose:e}):(0,L.jsx)(fe,{onMade:e=>{r({token:e})},onClose:e})},String(t!==null))}var de=[`name`,`role`,`expiresAt`];function fe({onMade:e,onClose:t}){let r=O(),i=E(r.role),{run:a,isBusy:o,problems:s,fieldProblems:c}=P(X),[l,d]=(0,B.useState)(``),[f,p]=(0,B.useState)(`VIEWER`),[h,v]=(0,B.useState)(`90`),[y,b]=(0,B.useState)(()=>N(j(),90)),S=async()=>{let{data:t}=await a({name:l,role:f,expiresAt:le(h,y)});t?.createApiToken&&e(t.createApiToken.token)};return(0,L.jsxs)(`form`,{className:x.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),S()},children:[(0,L.jsx)(_,{problems:s.filter(({field:e})=>!e||!de.includes(e))}),(0,L.jsx)(m,{label:n.settings.tokenName,hint:n.settings.tokenNameHint,"data-first":!0,autoComplete:`off`,value:l,problems:c.get(`name`),onChange:e=>{d(e.target.value)}}),(0,L.jsx)(g,{label:n.settings.tokenRole,hint:n.users.roleHints[f],value:f,problems:c.get(`role`),onChange:e=>{let t=i.find(t=>t===e.target.value);t&&p(t)},children:i.map(e=>(0,L.jsx)(`option`,{value:e,children:n.common.roles[e]},e))}),(0,L.jsx)(g,{label:n.settings.expiry,value:h,problems:h===`day`?void 0:c.get(`expiresAt`),onChange:e=>{let t=Q.find(t=>t===e.target.value);t&&v(t)},children:Q.map(e=>(0,L.jsx)(`option`,{value:e,children:n.settings.expiries[e]},e))}),h===`day`&&(0,L.jsx)(m,{label:n.settings.expiryDay,type:`date`,value:y,min:j(),problems:c.get(`expiresAt`),onChange:e=>{b(e.target.value)}}),(0,L.jsxs)(`div`,{className:x.actions,children:[(0,L.jsx)(u,{type:`submit`,look:`primary`,disabled:o||h===`day`&&y===``,children:n.settings.createToken}),(0,L.jsx)(u,{onClick:t,children:n.common.cancel})]})]})}function pe({token:e,onClose:t}){let[r,i]=(0,B.useState)(``),a=(0,B.useRef)(null);if(e===null)return(0,L.jsx)(`p`,{children:n.settings.tokenReplayed});let o=async()=>{try{await navigator.clipboard.writeText(e),i(n.settings.copied)}catch{a.current?.select(),i(n.settings.copyYourself)}};return(0,L.jsxs)(`div`,{className:x.form,children:[(0,L.jsx)(`p`,{children:n.settings.tokenReadyHint}),(0,L.jsx)(p,{label:n.settings.token,children:t=>(0,L.jsx)(`textarea`,{...t,ref:a,className:I.token,value:e,readOnly:!0,rows:2,onFocus:e=>{e.target.select()}})}),(0,L.jsx)(`p`,{role:`status`,className:I.hint,children:r}),(0,L.jsxs)(`div`,{className:x.actions,children:[(0,L.jsx)(u,{look:`primary`,"data-first":!0,onClick:()=>void o(),children:n.settings.copy}),(0,L.jsx)(u,{onClick:t,children:n.settings.done})]})]})}function me(){let{role:e}=O(),[t,r]=(0,B.useState)(!1),[a,o]=(0,B.useState)(!1),[s,c]=(0,B.useState)(null),[{data:l,error:f,fetching:p},m]=i({query:Y,variables:{ofEverybody:t}}),h=l?.apiTokens?.nodes;return(0,L.jsxs)(y,{title:n.settings.tokens,actions:(0,L.jsx)(u,{onClick:()=>{o(!0)},children:n.settings.newToken}),children:[(0,L.jsx)(`p`,{className:I.hint,children:n.settings.tokensHint}),ee(e,`ADMIN`)&&(0,L.jsxs)(`label`,{className:I.check,children:[(0,L.jsx)(`input`,{type:`checkbox`,checked:t,onChange:e=>{r(e.target.checked)}}),n.settings.ofEverybody]}),(0,L.jsx)(_,{error:f,onRetry:m}),!h&&p&&(0,L.jsx)(d,{}),h?.length===0&&(0,L.jsx)(`p`,{className:I.none,children:n.settings.noTokens}),h&&h.length>0&&(0,L.jsx)(`div`,{className:x.scroll,tabIndex:0,role:`region`,"aria-label":n.settings.tokens,children:(0,L.jsxs)(`table`,{className:x.table,children:[(0,L.jsx)(`thead`,{children:(0,L.jsxs)(`tr`,{children:[(0,L.jsx)(`th`,{scope:`col`,children:n.settings.tokenName}),t&&(0,L.jsx)(`th`,{scope:`col`,children:n.settings.owner}),(0,L.jsx)(`th`,{scope:`col`,children:n.settings.role}),(0,L.jsx)(`th`,{scope:`col`,children:n.settings.created}),(0,L.jsx)(`th`,{scope:`col`,children:n.settings.used}),(0,L.jsx)(`th`,{scope:`col`,children:n.settings.expires}),(0,L.jsx)(`td`,{})]})}),(0,L.jsx)(`tbody`,{children:(0,L.jsx)($,{ofEverybody:t,onRevoke:c},String(t))})]})}),a&&(0,L.jsx)(ue,{onClose:()=>{o(!1)}}),s&&(0,L.jsx)(ge,{token:s,onClose:()=>{c(null)}})]})}function $({ofEverybody:e,after:t,onRevoke:r}){let[a,o]=(0,B.useState)(!1),[{data:s,error:c,fetching:l},d]=i({query:Y,variables:{ofEverybody:e,...t&&{after:t}}}),f=s?.apiTokens?.pageInfo.hasNextPage?s.apiTokens.pageInfo.endCursor:null;return(0,L.jsxs)(L.Fragment,{children:[s?.apiTokens?.nodes.map(t=>(0,L.jsx)(he,{token:t,isOwnerShown:e,onRevoke:()=>{r(t)}},t.id)),t&&c&&(0,L.jsx)(`tr`,{children:(0,L.jsx)(`td`,{colSpan:7,children:(0,L.jsx)(_,{error:c,onRetry:d})})}),f&&(a?(0,L.jsx)($,{ofEverybody:e,after:f,onRevoke:r}):(0,L.jsx)(`tr`,{children:(0,L.jsx)(`td`,{colSpan:7,children:(0,L.jsx)(u,{disabled:l,onClick:()=>{o(!0)},children:n.settings.more})})}))]})}function he({token:e,isOwnerShown:t,onRevoke:r}){let{name:i,owner:a,role:o,createdAt:s,lastUsedAt:c,lastUsedFrom:l,expiresAt:d}=e;return(0,L.jsxs)(`tr`,{children:[(0,L.jsx)(`td`,{className:I.tokenName,children:i}),t&&(0,L.jsx)(`td`,{children:a.name}),(0,L.jsx)(`td`,{children:n.common.roles[o]}),(0,L.jsx)(`td`,{className:I.moment,children:A(s)}),(0,L.jsx)(`td`,{className:I.moment,title:l??void 0,children:c?M(c):n.settings.never}),(0,L.jsx)(`td`,{className:I.moment,children:d?A(d):n.settings.never}),(0,L.jsx)(`td`,{className:x.number,children:(0,L.jsx)(u,{"aria-label":n.settings.revokeOf(i),onClick:r,children:n.settings.revoke})})]})}function ge({token:{id:e,name:t},onClose:r}){let{run:i,isBusy:a,problems:o}=P(Z),s=h(),c=async()=>{let{data:a}=await i({id:e});a?.revokeApiToken&&(s({message:n.settings.revoked(t)}),r())};return(0,L.jsxs)(l,{title:n.settings.revokeTitle(t),onClose:r,children:[(0,L.jsx)(_,{problems:o}),(0,L.jsx)(`p`,{children:n.settings.revokeHint}),(0,L.jsxs)(`div`,{className:x.actions,children:[(0,L.jsx)(u,{look:`danger`,disabled:a,onClick:()=>void c(),children:n.settings.revoke}),(0,L.jsx)(u,{"data-first":!0,onClick:r,children:n.common.cancel})]})]})}function _e(){return(0,L.jsxs)(f,{title:n.settings.title,children:[(0,L.jsxs)(`div`,{className:I.columns,children:[(0,L.jsxs)(`div`,{className:I.column,children:[(0,L.jsx)(ae,{}),(0,L.jsx)(z,{}),(0,L.jsx)(re,{})]}),(0,L.jsx)(oe,{})]}),(0,L.jsx)(me,{})]})}export{_e as SettingsPage};