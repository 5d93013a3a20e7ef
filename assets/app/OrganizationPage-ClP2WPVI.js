import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{At as t,B as n,Ft as r,J as i,K as a,P as o,Zt as s,_ as c,b as l,c as u,d,f,g as p,h as m,i as h,k as g,m as _,o as v,u as y,v as b,w as x}from"./ui-DjaPX_GW.js";import{f as S,n as C,r as w,t as T}from"./dates-naMrO9DD.js";import{t as E}from"./useChange-Di3LuHTl.js";import{i as D,n as O,t as k}from"./calendar-CIIwaFiQ.js";import{n as A}from"./index-BEgOZXtC.js";var j=e(s(),1),M=o(`
  fragment Details on Organization {
    id
    name
    baseCurrency
    financialYearStart
    weekStart
    closedThrough
    version
  }
`),N=o(`
  query OrganizationPage {
    organization {
      ...Details
      registration
    }
  }
`,[M]),P=o(`
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
`,[M]),F=o(`
  mutation UpdateOrganization($input: UpdateOrganizationInput!) {
    updateOrganization(input: $input) {
      organization {
        ...Details
      }
    }
  }
`,[M]),I=o(`
  mutation CloseBooks($input: CloseBooksInput!) {
    closeBooks(input: $input) {
      organization {
        ...Details
      }
    }
  }
`,[M]),L=o(`
  mutation ReopenBooks($input: ReopenBooksInput!) {
    reopenBooks(input: $input) {
      organization {
        ...Details
      }
    }
  }
`,[M]),R=o(`
  query RecordsThrough($from: Date, $through: Date!) {
    records(first: 0, filter: { from: $from, to: $through }) {
      totalCount
    }
  }
`),z=r(),B=[`through`,`reason`];function V({closedThrough:e}){let[t,r]=(0,j.useState)(null),i=()=>{r(null)};return(0,z.jsxs)(z.Fragment,{children:[(0,z.jsx)(`p`,{children:e?n.organization.closedThrough(w(e)):n.organization.open}),(0,z.jsxs)(`div`,{className:x.actions,children:[(0,z.jsx)(l,{onClick:()=>{r(`close`)},children:e?n.organization.closeMore:n.organization.close}),e&&(0,z.jsx)(l,{onClick:()=>{r(`reopen`)},children:n.organization.reopen})]}),t===`close`&&(0,z.jsx)(U,{closedThrough:e,onClose:i}),t===`reopen`&&e&&(0,z.jsx)(W,{closedThrough:e,onClose:i})]})}function H(){return T(`${S().slice(0,7)}-01`,-1)}function U({closedThrough:e,onClose:t}){let[r,a]=(0,j.useState)(()=>{let t=H();return e&&e>=t?``:t}),[o,s]=(0,j.useState)(``),{run:u,isBusy:d,problems:f,fieldProblems:_}=E(I),[{data:y}]=i({query:R,variables:{from:e?T(e,1):null,through:r},pause:r===``}),b=h(),S=y?.records?.totalCount,C=async()=>{let{data:e}=await u({through:r,reason:o.trim()||null});e?.closeBooks&&(b({message:n.organization.closed(w(r))}),t())};return(0,z.jsx)(c,{title:n.organization.closeTitle,onClose:t,children:(0,z.jsxs)(`form`,{className:x.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),C()},children:[(0,z.jsx)(v,{problems:f.filter(({field:e})=>!e||!B.includes(e))}),(0,z.jsx)(p,{label:n.organization.through,hint:n.organization.throughHint,type:`date`,"data-first":!0,value:r,min:e?T(e,1):void 0,problems:_.get(`through`),onChange:e=>{a(e.target.value)}}),(0,z.jsx)(m,{label:n.organization.reasonOptional,hint:n.organization.reasonHint,value:o,problems:_.get(`reason`),onChange:e=>{s(e.target.value)}}),(0,z.jsx)(`p`,{role:`status`,children:r===``?n.organization.noDay:S!==void 0&&n.organization.closeRecords(n.common.records(S,g(S)),w(r))}),(0,z.jsxs)(`div`,{className:x.actions,children:[(0,z.jsx)(l,{type:`submit`,look:`primary`,disabled:d||r===``,children:r===``?n.organization.closeTitle:n.organization.closeConfirm(w(r))}),(0,z.jsx)(l,{onClick:t,children:n.common.cancel})]})]})})}function W({closedThrough:e,onClose:t}){let[r,i]=(0,j.useState)(!1),[a,o]=(0,j.useState)(()=>T(`${e.slice(0,7)}-01`,-1)),[s,u]=(0,j.useState)(``),{run:d,isBusy:f,problems:g,fieldProblems:y}=E(L),b=h(),S=async()=>{let{data:e}=await d({through:r?null:a,reason:s.trim()});e?.reopenBooks&&(b({message:r?n.organization.reopenedAll:n.organization.closed(w(a))}),t())};return(0,z.jsx)(c,{title:n.organization.reopenTitle,onClose:t,children:(0,z.jsxs)(`form`,{className:x.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),S()},children:[(0,z.jsx)(v,{problems:g.filter(({field:e})=>!e||!B.includes(e))}),(0,z.jsxs)(_,{label:n.organization.reopenWhat,"data-first":!0,value:r?`all`:`some`,onChange:e=>{i(e.target.value===`all`)},children:[(0,z.jsx)(`option`,{value:`some`,children:n.organization.reopenSome}),(0,z.jsx)(`option`,{value:`all`,children:n.organization.reopenAll})]}),!r&&(0,z.jsx)(p,{label:n.organization.staysClosed,type:`date`,value:a,max:T(e,-1),problems:y.get(`through`),onChange:e=>{o(e.target.value)}}),(0,z.jsx)(m,{label:n.organization.reason,hint:n.organization.reasonHint,value:s,problems:y.get(`reason`),onChange:e=>{u(e.target.value)}}),(0,z.jsx)(`p`,{children:n.organization.reopenHint}),(0,z.jsxs)(`div`,{className:x.actions,children:[(0,z.jsx)(l,{type:`submit`,look:`primary`,disabled:f||!r&&a===``,children:n.organization.reopenConfirm}),(0,z.jsx)(l,{onClick:t,children:n.common.cancel})]})]})})}var G={page:`_page_8tkxl_1`,together:`_together_8tkxl_5`,links:`_links_8tkxl_11`},K=[`name`,`baseCurrency`,`financialYearStart`,`weekStart`],q=[`MONDAY`,`TUESDAY`,`WEDNESDAY`,`THURSDAY`,`FRIDAY`,`SATURDAY`,`SUNDAY`];function J({name:e,baseCurrency:t,financialYearStart:n,weekStart:r}){return{name:e,baseCurrency:t??``,financialYearStart:n??`01-01`,weekStart:r??`MONDAY`}}function Y(e,t){return Object.fromEntries(K.filter(n=>t[n]!==void 0&&t[n]!==e[n]).map(e=>[e,t[e]]))}function X({organization:e}){let[t,r]=(0,j.useState)(null),[i,o]=(0,j.useState)(null),{run:s,isBusy:c,problems:u,fieldProblems:d,reset:f}=E(F),m=A(),g=a(),y=h(),S=t?.base??e,w=t?.values??J(e),T=Y(J(S),w),O=e=>{r({base:S,values:{...w,...e}})},k=()=>{r(null),o(null),f()},M=async(e,t)=>{let{data:r,problems:i}=await s({expectedVersion:t,...e});r?.updateOrganization&&(k(),y({message:n.organization.saved})),i?.some(({code:e})=>e===`VERSION_CONFLICT`)&&await N(e)},N=async e=>{let{data:t}=await g.query(P,{},{requestPolicy:`network-only`}).toPromise(),r=t?.organization;if(!r)return;f();let i=Y(J(r),e);if(Object.keys(i).length===0){k(),y({message:n.organization.sameAlready});return}let[a]=t.auditEvents?.nodes??[];o({changes:i,theirs:r,message:a?n.organization.changedBy(a.actor?.name??n.organization.commandLine,C(a.at)):n.organization.changed})},I=m.some(({code:e})=>e===w.baseCurrency);return(0,z.jsxs)(`form`,{className:x.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),M(T,S.version)},children:[i&&(0,z.jsx)(b,{differences:Z(i),isBusy:c,onKeep:()=>void M(i.changes,i.theirs.version),onTake:k,children:i.message}),(0,z.jsx)(v,{problems:u.filter(({field:e,code:t})=>t!==`VERSION_CONFLICT`&&!K.some(t=>t===e))}),(0,z.jsx)(p,{label:n.organization.name,name:`name`,autoComplete:`organization`,value:w.name,problems:d.get(`name`),onChange:e=>{O({name:e.target.value})}}),(0,z.jsxs)(_,{label:n.organization.baseCurrency,hint:n.organization.baseCurrencyHint,value:w.baseCurrency,problems:d.get(`baseCurrency`),onChange:e=>{O({baseCurrency:e.target.value})},children:[!I&&(0,z.jsx)(`option`,{value:w.baseCurrency,children:w.baseCurrency}),m.map(({code:e,name:t})=>(0,z.jsx)(`option`,{value:e,children:n.organization.currency(e,t)},e))]}),(0,z.jsx)(Q,{start:w.financialYearStart,problems:d.get(`financialYearStart`),onChange:e=>{O({financialYearStart:e})}}),(0,z.jsx)(_,{label:n.organization.weekStart,value:w.weekStart,problems:d.get(`weekStart`),onChange:e=>{let t=q.find(t=>t===e.target.value);t&&O({weekStart:t})},children:q.map(e=>(0,z.jsx)(`option`,{value:e,children:D(e)},e))}),(0,z.jsxs)(`div`,{className:x.actions,children:[(0,z.jsx)(l,{type:`submit`,look:`primary`,disabled:c||i!==null||Object.keys(T).length===0,children:n.common.save}),t&&(0,z.jsx)(l,{onClick:k,children:n.common.cancel})]})]})}function Z({changes:e,theirs:t}){let r=J(t),i={name:e=>e,baseCurrency:e=>e,financialYearStart:e=>k(e),weekStart:e=>D(e)},a={...n.organization,financialYearStart:n.organization.financialYear};return K.flatMap(t=>{let n=e[t];return n===void 0?[]:[{label:a[t],theirs:i[t](r[t]),yours:i[t](n)}]})}function Q({start:e,problems:t,onChange:r}){let[i=`01`,a=`01`]=e.split(`-`),o=new Date(Date.UTC(2e3,Number(i),0)).getUTCDate(),s=e=>String(e).padStart(2,`0`);return(0,z.jsx)(f,{label:n.organization.financialYear,problems:t,children:({id:e,...t})=>(0,z.jsxs)(`div`,{className:G.together,role:`group`,"aria-label":n.organization.financialYear,children:[(0,z.jsx)(`select`,{...t,id:e,"aria-label":n.organization.day,value:a,onChange:e=>{r(`${i}-${e.target.value}`)},children:Array.from({length:o},(e,t)=>(0,z.jsx)(`option`,{value:s(t+1),children:t+1},t))}),(0,z.jsx)(`select`,{...t,"aria-label":n.organization.month,value:i,onChange:({target:e})=>{let t=new Date(Date.UTC(2e3,Number(e.value),0)).getUTCDate();r(`${e.value}-${s(Math.min(Number(a),t))}`)},children:Array.from({length:12},(e,t)=>(0,z.jsx)(`option`,{value:s(t+1),children:O(t+1)},t))})]})})}function $(){let[{data:e,error:r,fetching:a},o]=i({query:N}),s=e?.organization;return(0,z.jsxs)(d,{title:n.organization.title,className:G.page,children:[(0,z.jsx)(v,{error:r,onRetry:o}),!s&&a&&(0,z.jsx)(u,{}),s&&(0,z.jsxs)(z.Fragment,{children:[(0,z.jsx)(y,{title:n.organization.details,children:(0,z.jsx)(X,{organization:s})}),(0,z.jsx)(y,{title:n.organization.books,children:(0,z.jsx)(V,{closedThrough:s.closedThrough})}),(0,z.jsxs)(y,{title:n.organization.registration,children:[(0,z.jsx)(`p`,{children:n.organization.registrationIs[s.registration]}),(0,z.jsxs)(`p`,{className:G.links,children:[(0,z.jsx)(t,{to:`/users`,children:n.organization.toUsers}),(0,z.jsx)(t,{to:`/audit`,search:{about:s.id},children:n.organization.trail})]})]})]})]})}export{$ as OrganizationPage};