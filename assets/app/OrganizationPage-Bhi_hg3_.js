import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,G as n,N as r,O as i,Pt as a,Xt as o,_ as s,a as c,d as l,g as u,h as d,kt as f,l as p,m,p as h,q as g,r as _,s as v,u as y,y as b,z as x}from"./ui-gLCfJyoA.js";import{f as S,n as C,r as w,t as T}from"./dates-HXiIbxYe.js";import{t as E}from"./useChange-CqnGZNob.js";import{i as D,n as O,t as k}from"./calendar-CML6Kd81.js";import{n as A}from"./index-Ccr_7qME.js";var j=e(o(),1),M=r(`
  fragment Details on Organization {
    id
    name
    baseCurrency
    financialYearStart
    weekStart
    closedThrough
    version
  }
`),N=r(`
  query OrganizationPage {
    organization {
      ...Details
      registration
    }
  }
`,[M]),P=r(`
  query OrganizationNow {
    organization {
      ...Details
    }
    auditEvents(first: 1, filter: { entityType: ORGANIZATION }) {
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
`,[M]),F=r(`
  mutation UpdateOrganization($input: UpdateOrganizationInput!) {
    updateOrganization(input: $input) {
      organization {
        ...Details
      }
    }
  }
`,[M]),I=r(`
  mutation CloseBooks($input: CloseBooksInput!) {
    closeBooks(input: $input) {
      organization {
        ...Details
      }
    }
  }
`,[M]),L=r(`
  mutation ReopenBooks($input: ReopenBooksInput!) {
    reopenBooks(input: $input) {
      organization {
        ...Details
      }
    }
  }
`,[M]),R=r(`
  query RecordsThrough($from: Date, $through: Date!) {
    records(first: 0, filter: { from: $from, to: $through }) {
      totalCount
    }
  }
`),z=a(),B=[`through`,`reason`];function V({closedThrough:e}){let[n,r]=(0,j.useState)(null),i=()=>{r(null)};return(0,z.jsxs)(z.Fragment,{children:[(0,z.jsx)(`p`,{children:e?x.organization.closedThrough(w(e)):x.organization.open}),(0,z.jsxs)(`div`,{className:t.actions,children:[(0,z.jsx)(b,{onClick:()=>{r(`close`)},children:e?x.organization.closeMore:x.organization.close}),e&&(0,z.jsx)(b,{onClick:()=>{r(`reopen`)},children:x.organization.reopen})]}),n===`close`&&(0,z.jsx)(U,{closedThrough:e,onClose:i}),n===`reopen`&&e&&(0,z.jsx)(W,{closedThrough:e,onClose:i})]})}function H(){return T(`${S().slice(0,7)}-01`,-1)}function U({closedThrough:e,onClose:n}){let[r,a]=(0,j.useState)(()=>{let t=H();return e&&e>=t?``:t}),[o,s]=(0,j.useState)(``),{run:l,isBusy:f,problems:p,fieldProblems:h}=E(I),[{data:v}]=g({query:R,variables:{from:e?T(e,1):null,through:r},pause:r===``}),y=_(),S=v?.records?.totalCount,C=async()=>{let{data:e}=await l({through:r,reason:o.trim()||null});e?.closeBooks&&(y({message:x.organization.closed(w(r))}),n())};return(0,z.jsx)(u,{title:x.organization.closeTitle,onClose:n,children:(0,z.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),C()},children:[(0,z.jsx)(c,{problems:p.filter(({field:e})=>!e||!B.includes(e))}),(0,z.jsx)(d,{label:x.organization.through,hint:x.organization.throughHint,type:`date`,"data-first":!0,value:r,min:e?T(e,1):void 0,problems:h.get(`through`),onChange:e=>{a(e.target.value)}}),(0,z.jsx)(m,{label:x.organization.reasonOptional,hint:x.organization.reasonHint,value:o,problems:h.get(`reason`),onChange:e=>{s(e.target.value)}}),(0,z.jsx)(`p`,{role:`status`,children:r===``?x.organization.noDay:S!==void 0&&x.organization.closeRecords(x.common.records(S,i(S)),w(r))}),(0,z.jsxs)(`div`,{className:t.actions,children:[(0,z.jsx)(b,{type:`submit`,look:`primary`,disabled:f||r===``,children:r===``?x.organization.closeTitle:x.organization.closeConfirm(w(r))}),(0,z.jsx)(b,{onClick:n,children:x.common.cancel})]})]})})}function W({closedThrough:e,onClose:n}){let[r,i]=(0,j.useState)(!1),[a,o]=(0,j.useState)(()=>T(`${e.slice(0,7)}-01`,-1)),[s,l]=(0,j.useState)(``),{run:f,isBusy:p,problems:g,fieldProblems:v}=E(L),y=_(),S=async()=>{let{data:e}=await f({through:r?null:a,reason:s.trim()});e?.reopenBooks&&(y({message:r?x.organization.reopenedAll:x.organization.closed(w(a))}),n())};return(0,z.jsx)(u,{title:x.organization.reopenTitle,onClose:n,children:(0,z.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),S()},children:[(0,z.jsx)(c,{problems:g.filter(({field:e})=>!e||!B.includes(e))}),(0,z.jsxs)(h,{label:x.organization.reopenWhat,"data-first":!0,value:r?`all`:`some`,onChange:e=>{i(e.target.value===`all`)},children:[(0,z.jsx)(`option`,{value:`some`,children:x.organization.reopenSome}),(0,z.jsx)(`option`,{value:`all`,children:x.organization.reopenAll})]}),!r&&(0,z.jsx)(d,{label:x.organization.staysClosed,type:`date`,value:a,max:T(e,-1),problems:v.get(`through`),onChange:e=>{o(e.target.value)}}),(0,z.jsx)(m,{label:x.organization.reason,hint:x.organization.reasonHint,value:s,problems:v.get(`reason`),onChange:e=>{l(e.target.value)}}),(0,z.jsx)(`p`,{children:x.organization.reopenHint}),(0,z.jsxs)(`div`,{className:t.actions,children:[(0,z.jsx)(b,{type:`submit`,look:`primary`,disabled:p||!r&&a===``,children:x.organization.reopenConfirm}),(0,z.jsx)(b,{onClick:n,children:x.common.cancel})]})]})})}var G={page:`_page_8tkxl_1`,together:`_together_8tkxl_5`,links:`_links_8tkxl_11`},K=[`name`,`baseCurrency`,`financialYearStart`,`weekStart`],q=[`MONDAY`,`TUESDAY`,`WEDNESDAY`,`THURSDAY`,`FRIDAY`,`SATURDAY`,`SUNDAY`];function J({name:e,baseCurrency:t,financialYearStart:n,weekStart:r}){return{name:e,baseCurrency:t??``,financialYearStart:n??`01-01`,weekStart:r??`MONDAY`}}function Y(e,t){return Object.fromEntries(K.filter(n=>t[n]!==void 0&&t[n]!==e[n]).map(e=>[e,t[e]]))}function X({organization:e}){let[r,i]=(0,j.useState)(null),[a,o]=(0,j.useState)(null),{run:l,isBusy:u,problems:f,fieldProblems:p,reset:m}=E(F),g=A(),v=n(),y=_(),S=r?.base??e,w=r?.values??J(e),T=Y(J(S),w),O=e=>{i({base:S,values:{...w,...e}})},k=()=>{i(null),o(null),m()},M=async(e,t)=>{let{data:n,problems:r}=await l({expectedVersion:t,...e});n?.updateOrganization&&(k(),y({message:x.organization.saved})),r?.some(({code:e})=>e===`VERSION_CONFLICT`)&&await N(e)},N=async e=>{let{data:t}=await v.query(P,{},{requestPolicy:`network-only`}).toPromise(),n=t?.organization;if(!n)return;m();let r=Y(J(n),e);if(Object.keys(r).length===0){k(),y({message:x.organization.sameAlready});return}let[i]=t.auditEvents?.nodes??[];o({changes:r,theirs:n,message:i?x.organization.changedBy(i.actor?.name??x.organization.commandLine,C(i.at)):x.organization.changed})},I=g.some(({code:e})=>e===w.baseCurrency);return(0,z.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),M(T,S.version)},children:[a&&(0,z.jsx)(s,{differences:Z(a),isBusy:u,onKeep:()=>void M(a.changes,a.theirs.version),onTake:k,children:a.message}),(0,z.jsx)(c,{problems:f.filter(({field:e,code:t})=>t!==`VERSION_CONFLICT`&&!K.some(t=>t===e))}),(0,z.jsx)(d,{label:x.organization.name,name:`name`,autoComplete:`organization`,value:w.name,problems:p.get(`name`),onChange:e=>{O({name:e.target.value})}}),(0,z.jsxs)(h,{label:x.organization.baseCurrency,hint:x.organization.baseCurrencyHint,value:w.baseCurrency,problems:p.get(`baseCurrency`),onChange:e=>{O({baseCurrency:e.target.value})},children:[!I&&(0,z.jsx)(`option`,{value:w.baseCurrency,children:w.baseCurrency}),g.map(({code:e,name:t})=>(0,z.jsx)(`option`,{value:e,children:x.organization.currency(e,t)},e))]}),(0,z.jsx)(Q,{start:w.financialYearStart,problems:p.get(`financialYearStart`),onChange:e=>{O({financialYearStart:e})}}),(0,z.jsx)(h,{label:x.organization.weekStart,value:w.weekStart,problems:p.get(`weekStart`),onChange:e=>{let t=q.find(t=>t===e.target.value);t&&O({weekStart:t})},children:q.map(e=>(0,z.jsx)(`option`,{value:e,children:D(e)},e))}),(0,z.jsxs)(`div`,{className:t.actions,children:[(0,z.jsx)(b,{type:`submit`,look:`primary`,disabled:u||a!==null||Object.keys(T).length===0,children:x.common.save}),r&&(0,z.jsx)(b,{onClick:k,children:x.common.cancel})]})]})}function Z({changes:e,theirs:t}){let n=J(t),r={name:e=>e,baseCurrency:e=>e,financialYearStart:e=>k(e),weekStart:e=>D(e)},i={...x.organization,financialYearStart:x.organization.financialYear};return K.flatMap(t=>{let a=e[t];return a===void 0?[]:[{label:i[t],theirs:r[t](n[t]),yours:r[t](a)}]})}function Q({start:e,problems:t,onChange:n}){let[r=`01`,i=`01`]=e.split(`-`),a=new Date(Date.UTC(2e3,Number(r),0)).getUTCDate(),o=e=>String(e).padStart(2,`0`);return(0,z.jsx)(l,{label:x.organization.financialYear,problems:t,children:({id:e,...t})=>(0,z.jsxs)(`div`,{className:G.together,role:`group`,"aria-label":x.organization.financialYear,children:[(0,z.jsx)(`select`,{...t,id:e,"aria-label":x.organization.day,value:i,onChange:e=>{n(`${r}-${e.target.value}`)},children:Array.from({length:a},(e,t)=>(0,z.jsx)(`option`,{value:o(t+1),children:t+1},t))}),(0,z.jsx)(`select`,{...t,"aria-label":x.organization.month,value:r,onChange:({target:e})=>{let t=new Date(Date.UTC(2e3,Number(e.value),0)).getUTCDate();n(`${e.value}-${o(Math.min(Number(i),t))}`)},children:Array.from({length:12},(e,t)=>(0,z.jsx)(`option`,{value:o(t+1),children:O(t+1)},t))})]})})}function $(){let[{data:e,error:t,fetching:n},r]=g({query:N}),i=e?.organization;return(0,z.jsxs)(y,{title:x.organization.title,className:G.page,children:[(0,z.jsx)(c,{error:t,onRetry:r}),!i&&n&&(0,z.jsx)(v,{}),i&&(0,z.jsxs)(z.Fragment,{children:[(0,z.jsx)(p,{title:x.organization.details,children:(0,z.jsx)(X,{organization:i})}),(0,z.jsx)(p,{title:x.organization.books,children:(0,z.jsx)(V,{closedThrough:i.closedThrough})}),(0,z.jsxs)(p,{title:x.organization.registration,children:[(0,z.jsx)(`p`,{children:x.organization.registrationIs[i.registration]}),(0,z.jsxs)(`p`,{className:G.links,children:[(0,z.jsx)(f,{to:`/users`,children:x.organization.toUsers}),(0,z.jsx)(f,{to:`/audit`,search:{about:i.id},children:x.organization.trail})]})]})]})]})}export{$ as OrganizationPage};