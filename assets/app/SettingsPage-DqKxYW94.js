import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,K as n,L as r,N as i,Pt as a,R as o,Xt as s,a as c,b as l,d as u,g as d,h as f,kt as p,l as m,p as h,q as g,r as _,s as v,u as y,v as b,y as x,z as S}from"./ui-gLCfJyoA.js";import{A as ee,a as C,k as w,o as T}from"./index-Ccr_7qME.js";import{n as E,r as D}from"./SessionProvider-B8zhNedt.js";import{t as O}from"./entered-D1VSneD7.js";import{a as k,f as A,n as j,t as M}from"./dates-HXiIbxYe.js";import{t as N}from"./useChange-CqnGZNob.js";import{t as P}from"./clientName-ZEio2xPK.js";var F={columns:`_columns_oidnc_1`,column:`_column_oidnc_1`,facts:`_facts_oidnc_19`,hint:`_hint_oidnc_33`,choices:`_choices_oidnc_39`,check:`_check_oidnc_49`,none:`_none_oidnc_68`,sessions:`_sessions_oidnc_72`,session:`_session_oidnc_72`,client:`_client_oidnc_91`,tokenName:`_tokenName_oidnc_99`,moment:`_moment_oidnc_104`,token:`_token_oidnc_99`},I=a(),te=[`system`,`light`,`dark`];function ne(){let e=ee();return(0,I.jsxs)(m,{title:S.settings.appearance,children:[(0,I.jsx)(`fieldset`,{className:F.choices,"aria-label":S.settings.appearance,children:te.map(t=>(0,I.jsxs)(`label`,{children:[(0,I.jsx)(`input`,{type:`radio`,name:`theme`,checked:t===e,onChange:()=>{w(t)}}),S.settings.themes[t]]},t))}),(0,I.jsx)(`p`,{className:F.hint,children:S.settings.appearanceHint})]})}var L=e(s(),1),R=i(`
  query Profile {
    me {
      id
      name
      email
      role
      createdAt
    }
    organization {
      id
      limits {
        minPasswordLength
      }
    }
  }
`),z=i(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      user {
        id
      }
    }
  }
`),B=i(`
  query MySessions {
    mySessions {
      id
      createdAt
      lastUsedAt
      userAgent
      isCurrent
    }
  }
`),V=i(`
  mutation RevokeSession($input: RevokeSessionInput!) {
    revokeSession(input: $input) {
      revokedSessionId
    }
  }
`),H=i(`
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
`),U=i(`
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
`,[H]),W=i(`
  mutation CreateApiToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      token
      apiToken {
        ...Token
      }
    }
  }
`,[H]),G=i(`
  mutation RevokeApiToken($input: RevokeApiTokenInput!) {
    revokeApiToken(input: $input) {
      revokedApiTokenId
    }
  }
`),K=[`currentPassword`,`newPassword`];function q(){let[{data:e}]=g({query:R,requestPolicy:`cache-only`}),[{fetching:i,error:a},s]=n(z),[l,u]=(0,L.useState)(0),{email:d}=D(),p=_(),h=o(a),v=r(h),y=async e=>{(await s({input:{currentPassword:O(e,`currentPassword`),newPassword:O(e,`newPassword`)}})).data?.changePassword&&(p({message:S.settings.passwordChanged}),u(e=>e+1))};return(0,I.jsx)(m,{title:S.settings.password,children:(0,I.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),y(new FormData(e.currentTarget))},children:[(0,I.jsx)(c,{problems:h.filter(({field:e})=>!e||!K.includes(e))}),(0,I.jsx)(`input`,{type:`email`,name:`email`,autoComplete:`username`,value:d??``,readOnly:!0,hidden:!0}),(0,I.jsx)(f,{label:S.settings.currentPassword,name:`currentPassword`,type:`password`,autoComplete:`current-password`,problems:v.get(`currentPassword`)}),(0,I.jsx)(f,{label:S.settings.newPassword,name:`newPassword`,type:`password`,autoComplete:`new-password`,hint:e?.organization&&S.settings.passwordHint(e.organization.limits.minPasswordLength),problems:v.get(`newPassword`)}),(0,I.jsx)(`p`,{className:F.hint,children:S.settings.passwordEffect}),(0,I.jsx)(`div`,{children:(0,I.jsx)(x,{type:`submit`,look:`primary`,disabled:i,children:S.settings.changePassword})})]},l)})}function J(){let[{data:e,error:n,fetching:r},i]=g({query:R}),a=e?.me;return(0,I.jsxs)(m,{title:S.settings.profile,children:[(0,I.jsx)(c,{error:n,onRetry:i}),!a&&r&&(0,I.jsx)(v,{}),a&&(0,I.jsxs)(I.Fragment,{children:[(0,I.jsxs)(`dl`,{className:F.facts,children:[(0,I.jsx)(`dt`,{children:S.settings.name}),(0,I.jsx)(`dd`,{children:a.name}),(0,I.jsx)(`dt`,{children:S.settings.email}),(0,I.jsx)(`dd`,{children:a.email}),(0,I.jsx)(`dt`,{children:S.settings.role}),(0,I.jsx)(`dd`,{children:a.role&&S.common.roles[a.role]}),(0,I.jsx)(`dt`,{children:S.settings.since}),(0,I.jsx)(`dd`,{children:a.createdAt&&k(a.createdAt)})]}),a.role===`ADMIN`?(0,I.jsx)(`p`,{className:t.actions,children:(0,I.jsx)(p,{to:`/users`,search:{user:a.id},className:l(),children:S.settings.editProfile})}):(0,I.jsx)(`p`,{className:F.hint,children:S.settings.askAnAdmin})]})]})}function Y(){let[{data:e,error:n,fetching:r},i]=g({query:B}),[a,o]=(0,L.useState)(!1);return(0,I.jsxs)(m,{title:S.settings.sessions,children:[(0,I.jsx)(`p`,{className:F.hint,children:S.settings.sessionsHint}),(0,I.jsx)(c,{error:n,onRetry:i}),!e&&r&&(0,I.jsx)(v,{}),(0,I.jsx)(`ul`,{className:F.sessions,children:e?.mySessions?.map(e=>(0,I.jsx)(X,{session:e},e.id))}),(0,I.jsx)(`div`,{className:t.actions,children:(0,I.jsx)(x,{onClick:()=>{o(!0)},children:S.settings.signOutEverywhere})}),a&&(0,I.jsx)(re,{onClose:()=>{o(!1)}})]})}function X({session:e}){let{run:t,isBusy:n,problems:r}=N(V),i=_(),a=P(e.userAgent),o=async()=>{let{data:n}=await t({id:e.id});n?.revokeSession&&i({message:S.settings.sessionEnded(a)})};return(0,I.jsxs)(`li`,{children:[(0,I.jsxs)(`div`,{className:F.session,children:[(0,I.jsxs)(`p`,{className:F.client,title:e.userAgent??void 0,children:[a,` `,e.isCurrent&&(0,I.jsx)(b,{children:S.settings.thisSession})]}),(0,I.jsxs)(`p`,{className:F.hint,children:[S.settings.signedIn(k(e.createdAt)),`, `,S.settings.lastUsed(j(e.lastUsedAt))]}),(0,I.jsx)(c,{problems:r})]}),!e.isCurrent&&(0,I.jsx)(x,{disabled:n,"aria-label":S.settings.endSessionOf(a),onClick:()=>void o(),children:S.settings.endSession})]})}function re({onClose:e}){let{session:n}=E(),[r,i]=(0,L.useState)([]),[a,o]=(0,L.useState)(!1),s=async()=>{o(!0),i(await n.signOut({everywhere:!0})),o(!1)};return(0,I.jsxs)(d,{title:S.settings.signOutEverywhereTitle,onClose:e,children:[(0,I.jsx)(c,{problems:r}),(0,I.jsx)(`p`,{children:S.settings.signOutEverywhereHint}),(0,I.jsxs)(`div`,{className:t.actions,children:[(0,I.jsx)(x,{look:`danger`,disabled:a,onClick:()=>void s(),children:S.settings.signOutEverywhereConfirm}),(0,I.jsx)(x,{"data-first":!0,onClick:e,children:S.common.cancel})]})]})}var Z=[`30`,`90`,`365`,`day`,`never`];function ie(e,t,n=A()){if(e===`never`)return null;let[r=0,i=1,a=1]=(e===`day`?t:M(n,Number(e))).split(`-`).map(Number);return new Date(r,i-1,a+1).toISOString()}function ae({onClose:e}){let[t,n]=(0,L.useState)(null);return(0,I.jsx)(d,{title:t?S.settings.tokenReady:S.settings.newToken,onClose:e,children:t?(0,I.jsx)(se,{token:t.token,onClose:e}):(0,I.jsx)(oe,{onMade:e=>{n({token:e})},onClose:e})},String(t!==null))}var Q=[`name`,`role`,`expiresAt`];function oe({onMade:e,onClose:n}){let r=D(),i=T(r.role),{run:a,isBusy:o,problems:s,fieldProblems:l}=N(W),[u,d]=(0,L.useState)(``),[p,m]=(0,L.useState)(`VIEWER`),[g,_]=(0,L.useState)(`90`),[v,y]=(0,L.useState)(()=>M(A(),90)),b=async()=>{let{data:t}=await a({name:u,role:p,expiresAt:ie(g,v)});t?.createApiToken&&e(t.createApiToken.token)};return(0,I.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),b()},children:[(0,I.jsx)(c,{problems:s.filter(({field:e})=>!e||!Q.includes(e))}),(0,I.jsx)(f,{label:S.settings.tokenName,hint:S.settings.tokenNameHint,"data-first":!0,autoComplete:`off`,value:u,problems:l.get(`name`),onChange:e=>{d(e.target.value)}}),(0,I.jsx)(h,{label:S.settings.tokenRole,hint:S.users.roleHints[p],value:p,problems:l.get(`role`),onChange:e=>{let t=i.find(t=>t===e.target.value);t&&m(t)},children:i.map(e=>(0,I.jsx)(`option`,{value:e,children:S.common.roles[e]},e))}),(0,I.jsx)(h,{label:S.settings.expiry,value:g,problems:g===`day`?void 0:l.get(`expiresAt`),onChange:e=>{let t=Z.find(t=>t===e.target.value);t&&_(t)},children:Z.map(e=>(0,I.jsx)(`option`,{value:e,children:S.settings.expiries[e]},e))}),g===`day`&&(0,I.jsx)(f,{label:S.settings.expiryDay,type:`date`,value:v,min:A(),problems:l.get(`expiresAt`),onChange:e=>{y(e.target.value)}}),(0,I.jsxs)(`div`,{className:t.actions,children:[(0,I.jsx)(x,{type:`submit`,look:`primary`,disabled:o||g===`day`&&v===``,children:S.settings.createToken}),(0,I.jsx)(x,{onClick:n,children:S.common.cancel})]})]})}function se({token:e,onClose:n}){let[r,i]=(0,L.useState)(``),a=(0,L.useRef)(null);if(e===null)return(0,I.jsx)(`p`,{children:S.settings.tokenReplayed});let o=async()=>{try{await navigator.clipboard.writeText(e),i(S.settings.copied)}catch{a.current?.select(),i(S.settings.copyYourself)}};return(0,I.jsxs)(`div`,{className:t.form,children:[(0,I.jsx)(`p`,{children:S.settings.tokenReadyHint}),(0,I.jsx)(u,{label:S.settings.token,children:t=>(0,I.jsx)(`textarea`,{...t,ref:a,className:F.token,value:e,readOnly:!0,rows:2,onFocus:e=>{e.target.select()}})}),(0,I.jsx)(`p`,{role:`status`,className:F.hint,children:r}),(0,I.jsxs)(`div`,{className:t.actions,children:[(0,I.jsx)(x,{look:`primary`,"data-first":!0,onClick:()=>void o(),children:S.settings.copy}),(0,I.jsx)(x,{onClick:n,children:S.settings.done})]})]})}function ce(){let{role:e}=D(),[n,r]=(0,L.useState)(!1),[i,a]=(0,L.useState)(!1),[o,s]=(0,L.useState)(null),[{data:l,error:u,fetching:d},f]=g({query:U,variables:{ofEverybody:n}}),p=l?.apiTokens?.nodes;return(0,I.jsxs)(m,{title:S.settings.tokens,actions:(0,I.jsx)(x,{onClick:()=>{a(!0)},children:S.settings.newToken}),children:[(0,I.jsx)(`p`,{className:F.hint,children:S.settings.tokensHint}),C(e,`ADMIN`)&&(0,I.jsxs)(`label`,{className:F.check,children:[(0,I.jsx)(`input`,{type:`checkbox`,checked:n,onChange:e=>{r(e.target.checked)}}),S.settings.ofEverybody]}),(0,I.jsx)(c,{error:u,onRetry:f}),!p&&d&&(0,I.jsx)(v,{}),p?.length===0&&(0,I.jsx)(`p`,{className:F.none,children:S.settings.noTokens}),p&&p.length>0&&(0,I.jsx)(`div`,{className:t.scroll,tabIndex:0,role:`region`,"aria-label":S.settings.tokens,children:(0,I.jsxs)(`table`,{className:t.table,children:[(0,I.jsx)(`thead`,{children:(0,I.jsxs)(`tr`,{children:[(0,I.jsx)(`th`,{scope:`col`,children:S.settings.tokenName}),n&&(0,I.jsx)(`th`,{scope:`col`,children:S.settings.owner}),(0,I.jsx)(`th`,{scope:`col`,children:S.settings.role}),(0,I.jsx)(`th`,{scope:`col`,children:S.settings.created}),(0,I.jsx)(`th`,{scope:`col`,children:S.settings.used}),(0,I.jsx)(`th`,{scope:`col`,children:S.settings.expires}),(0,I.jsx)(`td`,{})]})}),(0,I.jsx)(`tbody`,{children:(0,I.jsx)($,{ofEverybody:n,onRevoke:s},String(n))})]})}),i&&(0,I.jsx)(ae,{onClose:()=>{a(!1)}}),o&&(0,I.jsx)(ue,{token:o,onClose:()=>{s(null)}})]})}function $({ofEverybody:e,after:t,onRevoke:n}){let[r,i]=(0,L.useState)(!1),[{data:a,error:o,fetching:s},l]=g({query:U,variables:{ofEverybody:e,...t&&{after:t}}}),u=a?.apiTokens?.pageInfo.hasNextPage?a.apiTokens.pageInfo.endCursor:null;return(0,I.jsxs)(I.Fragment,{children:[a?.apiTokens?.nodes.map(t=>(0,I.jsx)(le,{token:t,isOwnerShown:e,onRevoke:()=>{n(t)}},t.id)),t&&o&&(0,I.jsx)(`tr`,{children:(0,I.jsx)(`td`,{colSpan:7,children:(0,I.jsx)(c,{error:o,onRetry:l})})}),u&&(r?(0,I.jsx)($,{ofEverybody:e,after:u,onRevoke:n}):(0,I.jsx)(`tr`,{children:(0,I.jsx)(`td`,{colSpan:7,children:(0,I.jsx)(x,{disabled:s,onClick:()=>{i(!0)},children:S.settings.more})})}))]})}function le({token:e,isOwnerShown:n,onRevoke:r}){let{name:i,owner:a,role:o,createdAt:s,lastUsedAt:c,lastUsedFrom:l,expiresAt:u}=e;return(0,I.jsxs)(`tr`,{children:[(0,I.jsx)(`td`,{className:F.tokenName,children:i}),n&&(0,I.jsx)(`td`,{children:a.name}),(0,I.jsx)(`td`,{children:S.common.roles[o]}),(0,I.jsx)(`td`,{className:F.moment,children:k(s)}),(0,I.jsx)(`td`,{className:F.moment,title:l??void 0,children:c?j(c):S.settings.never}),(0,I.jsx)(`td`,{className:F.moment,children:u?k(u):S.settings.never}),(0,I.jsx)(`td`,{className:t.number,children:(0,I.jsx)(x,{"aria-label":S.settings.revokeOf(i),onClick:r,children:S.settings.revoke})})]})}function ue({token:{id:e,name:n},onClose:r}){let{run:i,isBusy:a,problems:o}=N(G),s=_(),l=async()=>{let{data:t}=await i({id:e});t?.revokeApiToken&&(s({message:S.settings.revoked(n)}),r())};return(0,I.jsxs)(d,{title:S.settings.revokeTitle(n),onClose:r,children:[(0,I.jsx)(c,{problems:o}),(0,I.jsx)(`p`,{children:S.settings.revokeHint}),(0,I.jsxs)(`div`,{className:t.actions,children:[(0,I.jsx)(x,{look:`danger`,disabled:a,onClick:()=>void l(),children:S.settings.revoke}),(0,I.jsx)(x,{"data-first":!0,onClick:r,children:S.common.cancel})]})]})}function de(){return(0,I.jsxs)(y,{title:S.settings.title,children:[(0,I.jsxs)(`div`,{className:F.columns,children:[(0,I.jsxs)(`div`,{className:F.column,children:[(0,I.jsx)(J,{}),(0,I.jsx)(ne,{}),(0,I.jsx)(q,{})]}),(0,I.jsx)(Y,{})]}),(0,I.jsx)(ce,{})]})}export{de as SettingsPage};