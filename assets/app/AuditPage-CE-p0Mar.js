import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,S as n,v as r,y as i}from"./index-Ccr_7qME.js";import{E as a,M as o,N as s,O as c,Pt as l,Xt as u,a as d,f,i as p,kt as m,l as h,q as g,s as _,u as v,v as y,y as b,z as x}from"./ui-gLCfJyoA.js";import{a as S,f as C,r as w}from"./dates-HXiIbxYe.js";import{i as T,r as E,t as D}from"./calendar-CML6Kd81.js";import{t as O}from"./clientName-ZEio2xPK.js";var k={filters:`_filters_18ai3_1`,day:`_day_18ai3_8`,count:`_count_18ai3_24`,list:`_list_18ai3_28`,date:`_date_18ai3_32`,event:`_event_18ai3_38`,told:`_told_18ai3_51`,who:`_who_18ai3_64`,changes:`_changes_18ai3_73`,about:`_about_18ai3_80`,more:`_more_18ai3_92`},A=s(`
  query AuditPage($filter: AuditFilter!, $after: String) {
    auditEvents(first: 50, after: $after, filter: $filter) {
      totalCount
      nodes {
        id
        action
        at
        requestId
        entityType
        entityId
        actor {
          id
          name
        }
        changes {
          field
          before
          after
        }
        via {
          __typename
          id
          ... on ApiToken {
            name
          }
          ... on Import {
            filename
          }
        }
        entity {
          __typename
          id
          ... on ApiToken {
            name
          }
          ... on Category {
            name
          }
          ... on FinancialRecord {
            kind
            date
            amount {
              amount
              currency
            }
            category {
              id
              name
            }
          }
          ... on Organization {
            name
          }
          ... on Session {
            userAgent
          }
          ... on User {
            name
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`),j=s(`
  query Actors {
    users(first: 100) {
      nodes {
        id
        name
      }
    }
  }
`),M=s(`
  query Actor($id: ID!) {
    user(id: $id) {
      id
      name
    }
  }
`),N=l();function P(e){return Object.entries(e).sort(([,e],[,t])=>e.localeCompare(t)).map(([e,t])=>(0,N.jsx)(`option`,{value:e,children:t},e))}function F(){let e=t({from:`/shell/admins/audit`}),i=n({from:`/audit`}),a=e=>{i({search:t=>({...t,...e}),replace:!0})},{type:o,action:s,by:c,about:l,from:u,to:d}=e;return(0,N.jsxs)(`div`,{className:k.filters,role:`search`,children:[(0,N.jsxs)(f,{label:x.audit.what,value:o??``,onChange:e=>{a({type:r({type:e.target.value}).type})},children:[(0,N.jsx)(`option`,{value:``,children:x.audit.anything}),P(x.audit.entities)]}),(0,N.jsxs)(f,{label:x.audit.action,value:s??``,onChange:e=>{a({action:r({action:e.target.value}).action})},children:[(0,N.jsx)(`option`,{value:``,children:x.audit.anyAction}),P(x.audit.actions)]}),(0,N.jsx)(I,{by:c,onChange:e=>{a({by:e})}}),(0,N.jsx)(L,{label:x.audit.from,day:u,max:d,onChange:e=>{a({from:e})}}),(0,N.jsx)(L,{label:x.audit.to,day:d,min:u,onChange:e=>{a({to:e})}}),l&&(0,N.jsx)(y,{remove:{label:x.audit.removeAbout,run:()=>{a({about:void 0})}},children:x.audit.about}),(o||s||c||l||u||d)&&(0,N.jsx)(b,{look:`plain`,onClick:()=>void i({search:{},replace:!0}),children:x.audit.clear})]})}function I({by:e,onChange:t}){let[{data:n}]=g({query:j}),[{data:r}]=g({query:M,variables:{id:e??``},pause:!e}),i=n?.users?.nodes??[],a=r?.user&&!i.some(({id:t})=>t===e)?[r.user,...i]:i;return(0,N.jsxs)(f,{label:x.audit.who,value:e??``,onChange:e=>{t(e.target.value||void 0)},children:[(0,N.jsx)(`option`,{value:``,children:x.audit.anybody}),a.map(({id:e,name:t})=>(0,N.jsx)(`option`,{value:e,children:t},e))]})}function L({label:e,day:t,min:n,max:r,onChange:i}){return(0,N.jsxs)(`label`,{className:k.day,children:[e,(0,N.jsx)(`input`,{type:`date`,value:t??``,min:n,max:r,onChange:e=>{i(e.target.value||void 0)}})]})}var R=e(u(),1),{audit:z}=x;function B(e,t=o()){return{sentence:W(e),who:G(e),what:K(e,t),changes:e.changes.filter(t=>!Y(e,t)).map(n=>X(e,n,t))}}function V(e){return e.split(/(\{who\}|\{what\})/).filter(e=>e!==``)}function H({changes:e},t){return e.find(e=>e.field===t)?.after??null}function U({changes:e},t){return e.length===1&&e[0]?.field===t}function W(e){let{entityType:t,action:n,actor:r}=e,i=z.sentences[t];return i[a(e)]??i[n]??z.sentences.other(z.actions[n]);function a({changes:i}){return t===`CATEGORY`&&(e=>i.some(t=>t.field===e))(`mergedFrom`)?n===`MERGED`?`mergedFrom`:`unmergedFrom`:t===`USER`&&n===`CREATED`&&!r&&e.requestId?`registered`:t===`USER`&&n===`PASSWORD_CHANGED`&&r?.id===e.entityId?`ownPassword`:t===`USER`&&n===`UPDATED`&&U(e,`isActive`)?H(e,`isActive`)===`true`?`activated`:`deactivated`:n}}function G({actor:e,action:t,requestId:n}){return e?e.name:n||t===`SIGN_IN_FAILED`?z.somebody:z.commandLine}function K(e,t){let{entity:n,entityType:r}=e,i=z.objects[r],a=r===`RECORD`?q(e,t):n?.__typename===`Session`?O(n.userAgent):n&&`name`in n?n.name:H(e,`name`);return a?i.named(a):i.unnamed}function q(e,t){let{entity:n,action:r}=e,i=(e,n,r,i,o)=>z.recordNamed(e===`INCOME`?`INCOME`:`EXPENSE`,`${a(n,`auto`,t)} ${r}`,i,w(o,t));if(r===`CREATED`){let[t,n,r,a,o]=J.map(t=>H(e,t));if(t&&n&&r&&a&&o)return i(t,n,r,a,o)}return n?.__typename!==`FinancialRecord`||!n.amount?null:i(n.kind,n.amount.amount,n.amount.currency,n.category.name,n.date)}var J=[`kind`,`amount`,`currency`,`category`,`date`];function Y(e,{field:t,before:n,after:r}){return t===`deletedAt`?!0:e.action===`CREATED`&&(r===``||t===`name`)?n===null:e.entityType===`RECORD`&&e.action===`CREATED`?J.includes(t):e.entityType===`USER`&&U(e,`isActive`)}function X(e,{field:t,before:n,after:r},i){let a=z.fields[t]??t,o=e=>Z(t,e,i);return t===`closedThrough`&&e.action===`REOPENED`?z.changes.changed(a,o(n),o(r)):n===null&&r===null?z.changes.erased(a):n===null||n===``?z.changes.set(a,o(r)):r===null||r===``?z.changes.removed(a,o(n)):z.changes.changed(a,o(n),o(r))}function Z(e,t,n){if(t===null)return z.noDay;switch(e){case`amount`:return a(t,`auto`,n);case`date`:case`closedThrough`:return w(t,n);case`expiresAt`:return S(t,n);case`financialYearStart`:return D(t,n);case`weekStart`:return T(t,n);case`isActive`:return t===`true`?z.yes:z.no;case`kind`:return t===`INCOME`?x.common.income:x.common.expense;case`role`:return t===`ADMIN`||t===`ANALYST`||t===`VIEWER`?x.common.roles[t]:t;case`userAgent`:return O(t);case`name`:case`notes`:case`reason`:case`counterparty`:case`category`:case`mergedFrom`:case`mergedInto`:return z.quoted(t);default:return t}}function Q({search:e}){let[{data:t,error:n,fetching:r},a]=g({query:A,variables:{filter:i(e)}}),o=t?.auditEvents?.totalCount,s=Object.values(e).some(e=>e!==void 0);return(0,N.jsxs)(N.Fragment,{children:[(0,N.jsx)(d,{error:n,onRetry:a}),o===void 0&&r&&(0,N.jsx)(_,{}),o!==void 0&&(0,N.jsx)(`p`,{className:k.count,role:`status`,children:x.audit.count(o,c(o))}),o===0&&(0,N.jsx)(h,{children:(0,N.jsx)(p,{title:s?x.audit.noneMatches:x.audit.none,children:s&&(0,N.jsx)(`p`,{children:x.audit.noneHint})})}),o!==void 0&&o>0&&(0,N.jsx)(h,{className:k.list,children:(0,N.jsx)($,{search:e})})]})}function $({search:e,after:t,dayBefore:n}){let[r,a]=(0,R.useState)(!1),[{data:o,error:s,fetching:c},l]=g({query:A,variables:{filter:i(e),...t&&{after:t}}}),u=o?.auditEvents?.nodes??[],f=o?.auditEvents?.pageInfo.hasNextPage?o.auditEvents.pageInfo.endCursor:null,p=ee(u);return(0,N.jsxs)(N.Fragment,{children:[t&&(0,N.jsx)(d,{error:s,onRetry:l}),t&&!o&&c&&(0,N.jsx)(_,{}),p.map(([e,t])=>(0,N.jsxs)(`section`,{children:[e!==n&&(0,N.jsx)(`h2`,{className:k.date,children:w(e)}),(0,N.jsx)(`ul`,{children:t.map(e=>(0,N.jsx)(te,{event:e},e.id))})]},e)),f&&(r?(0,N.jsx)($,{search:e,after:f,dayBefore:p.at(-1)?.[0]}):(0,N.jsx)(b,{className:k.more,disabled:c,onClick:()=>{a(!0)},children:x.audit.more}))]})}function ee(e){let t=new Map;for(let n of e){let e=C(new Date(n.at));t.set(e,[...t.get(e)??[],n])}return[...t]}function te({event:e}){let{sentence:t,who:n,what:r,changes:i}=B(e),{actor:a,at:o,entityId:s,entityType:c,requestId:l}=e,u={"{who}":a?(0,N.jsx)(m,{to:`/users`,search:{user:a.id},className:k.who,children:n}):n,"{what}":(0,N.jsx)(re,{event:e,children:r})};return(0,N.jsxs)(`li`,{className:k.event,children:[(0,N.jsx)(`time`,{dateTime:o,title:l?x.audit.request(l):void 0,children:E(o)}),(0,N.jsxs)(`div`,{className:k.told,children:[(0,N.jsxs)(`p`,{children:[V(t).map((e,t)=>(0,N.jsx)(R.Fragment,{children:u[e]??e},t)),(0,N.jsx)(ne,{event:e})]}),i.length>0&&(0,N.jsx)(`ul`,{className:k.changes,children:i.map(e=>(0,N.jsx)(`li`,{children:e},e))})]}),c!==`SESSION`&&(0,N.jsx)(m,{from:`/audit`,search:{about:s},className:k.about,"aria-label":x.audit.historyOf(r),children:x.audit.history})]})}function ne({event:{via:e}}){return e?.__typename===`ApiToken`?` ${x.audit.through(e.name)}`:e?.__typename===`Import`?(0,N.jsxs)(N.Fragment,{children:[` `,(0,N.jsx)(m,{to:`/import/$id`,params:{id:e.id},children:x.audit.byImport(e.filename)})]}):null}function re({event:{entity:e},children:t}){switch(e?.__typename){case`FinancialRecord`:return(0,N.jsx)(m,{to:`/records`,search:{record:e.id},children:t});case`Category`:return(0,N.jsx)(m,{to:`/categories`,search:{category:e.id},children:t});case`User`:return(0,N.jsx)(m,{to:`/users`,search:{user:e.id},children:t});case`Organization`:return(0,N.jsx)(m,{to:`/organization`,children:t});case`ApiToken`:return(0,N.jsx)(m,{to:`/settings`,children:t});default:return t}}function ie(){let e=t({from:`/shell/admins/audit`});return(0,N.jsxs)(v,{title:x.audit.title,children:[(0,N.jsx)(F,{}),(0,N.jsx)(Q,{search:e},JSON.stringify(e))]})}export{ie as AuditPage};