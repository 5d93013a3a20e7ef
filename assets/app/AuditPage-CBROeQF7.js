import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,S as n,v as r,y as i}from"./index-BEgOZXtC.js";import{At as a,B as o,D as s,Ft as c,J as l,N as u,P as d,Zt as f,a as p,b as m,c as h,d as g,k as _,o as v,p as y,u as b,y as x}from"./ui-DjaPX_GW.js";import{a as S,f as C,r as w}from"./dates-naMrO9DD.js";import{i as ee,r as T,t as E}from"./calendar-CIIwaFiQ.js";import{t as D}from"./useNews-bXbSEGNm.js";import{t as O}from"./clientName-D-EynOuL.js";var k={filters:`_filters_18ai3_1`,day:`_day_18ai3_8`,count:`_count_18ai3_24`,list:`_list_18ai3_28`,date:`_date_18ai3_32`,event:`_event_18ai3_38`,told:`_told_18ai3_51`,who:`_who_18ai3_64`,changes:`_changes_18ai3_73`,about:`_about_18ai3_80`,more:`_more_18ai3_92`},A=d(`
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
`),j=d(`
  query Actors {
    users(first: 100) {
      nodes {
        id
        name
      }
    }
  }
`),M=d(`
  query Actor($id: ID!) {
    user(id: $id) {
      id
      name
    }
  }
`),N=c();function P(e){return Object.entries(e).sort(([,e],[,t])=>e.localeCompare(t)).map(([e,t])=>(0,N.jsx)(`option`,{value:e,children:t},e))}function F(){let e=t({from:`/shell/admins/audit`}),i=n({from:`/audit`}),a=e=>{i({search:t=>({...t,...e}),replace:!0})},{type:s,action:c,by:l,about:u,from:d,to:f}=e;return(0,N.jsxs)(`div`,{className:k.filters,role:`search`,children:[(0,N.jsxs)(y,{label:o.audit.what,value:s??``,onChange:e=>{a({type:r({type:e.target.value}).type})},children:[(0,N.jsx)(`option`,{value:``,children:o.audit.anything}),P(o.audit.entities)]}),(0,N.jsxs)(y,{label:o.audit.action,value:c??``,onChange:e=>{a({action:r({action:e.target.value}).action})},children:[(0,N.jsx)(`option`,{value:``,children:o.audit.anyAction}),P(o.audit.actions)]}),(0,N.jsx)(I,{by:l,onChange:e=>{a({by:e})}}),(0,N.jsx)(L,{label:o.audit.from,day:d,max:f,onChange:e=>{a({from:e})}}),(0,N.jsx)(L,{label:o.audit.to,day:f,min:d,onChange:e=>{a({to:e})}}),u&&(0,N.jsx)(x,{remove:{label:o.audit.removeAbout,run:()=>{a({about:void 0})}},children:o.audit.about}),(s||c||l||u||d||f)&&(0,N.jsx)(m,{look:`plain`,onClick:()=>void i({search:{},replace:!0}),children:o.audit.clear})]})}function I({by:e,onChange:t}){let[{data:n}]=l({query:j}),[{data:r}]=l({query:M,variables:{id:e??``},pause:!e}),i=n?.users?.nodes??[],a=r?.user&&!i.some(({id:t})=>t===e)?[r.user,...i]:i;return(0,N.jsxs)(y,{label:o.audit.who,value:e??``,onChange:e=>{t(e.target.value||void 0)},children:[(0,N.jsx)(`option`,{value:``,children:o.audit.anybody}),a.map(({id:e,name:t})=>(0,N.jsx)(`option`,{value:e,children:t},e))]})}function L({label:e,day:t,min:n,max:r,onChange:i}){return(0,N.jsxs)(`label`,{className:k.day,children:[e,(0,N.jsx)(`input`,{type:`date`,value:t??``,min:n,max:r,onChange:e=>{i(e.target.value||void 0)}})]})}var R=e(f(),1),{audit:z}=o;function B(e,t=u()){return{sentence:W(e),who:G(e),what:K(e,t),changes:e.changes.filter(t=>!Y(e,t)).map(n=>X(e,n,t))}}function V(e){return e.split(/(\{who\}|\{what\})/).filter(e=>e!==``)}function H({changes:e},t){return e.find(e=>e.field===t)?.after??null}function U({changes:e},t){return e.length===1&&e[0]?.field===t}function W(e){let{entityType:t,action:n,actor:r}=e,i=z.sentences[t];return i[a(e)]??i[n]??z.sentences.other(z.actions[n]);function a({changes:i}){return t===`CATEGORY`&&(e=>i.some(t=>t.field===e))(`mergedFrom`)?n===`MERGED`?`mergedFrom`:`unmergedFrom`:t===`USER`&&n===`CREATED`&&!r&&e.requestId?`registered`:t===`USER`&&n===`PASSWORD_CHANGED`&&r?.id===e.entityId?`ownPassword`:t===`USER`&&n===`UPDATED`&&U(e,`isActive`)?H(e,`isActive`)===`true`?`activated`:`deactivated`:n}}function G({actor:e,action:t,requestId:n}){return e?e.name:n||t===`SIGN_IN_FAILED`?z.somebody:z.commandLine}function K(e,t){let{entity:n,entityType:r}=e,i=z.objects[r],a=r===`RECORD`?q(e,t):n?.__typename===`Session`?O(n.userAgent):n&&`name`in n?n.name:H(e,`name`);return a?i.named(a):i.unnamed}function q(e,t){let{entity:n,action:r}=e,i=(e,n,r,i,a)=>z.recordNamed(e===`INCOME`?`INCOME`:`EXPENSE`,`${s(n,`auto`,t)} ${r}`,i,w(a,t));if(r===`CREATED`){let[t,n,r,a,o]=J.map(t=>H(e,t));if(t&&n&&r&&a&&o)return i(t,n,r,a,o)}return n?.__typename!==`FinancialRecord`||!n.amount?null:i(n.kind,n.amount.amount,n.amount.currency,n.category.name,n.date)}var J=[`kind`,`amount`,`currency`,`category`,`date`];function Y(e,{field:t,before:n,after:r}){return t===`deletedAt`?!0:e.action===`CREATED`&&(r===``||t===`name`)?n===null:e.entityType===`RECORD`&&e.action===`CREATED`?J.includes(t):e.entityType===`USER`&&U(e,`isActive`)}function X(e,{field:t,before:n,after:r},i){let a=z.fields[t]??t,o=e=>Z(t,e,i);return t===`closedThrough`&&e.action===`REOPENED`?z.changes.changed(a,o(n),o(r)):n===null&&r===null?z.changes.erased(a):n===null||n===``?z.changes.set(a,o(r)):r===null||r===``?z.changes.removed(a,o(n)):z.changes.changed(a,o(n),o(r))}function Z(e,t,n){if(t===null)return z.noDay;switch(e){case`amount`:return s(t,`auto`,n);case`date`:case`closedThrough`:return w(t,n);case`expiresAt`:return S(t,n);case`financialYearStart`:return E(t,n);case`weekStart`:return ee(t,n);case`isActive`:return t===`true`?z.yes:z.no;case`kind`:return t===`INCOME`?o.common.income:o.common.expense;case`role`:return t===`ADMIN`||t===`ANALYST`||t===`VIEWER`?o.common.roles[t]:t;case`userAgent`:return O(t);case`name`:case`notes`:case`reason`:case`counterparty`:case`category`:case`mergedFrom`:case`mergedInto`:return z.quoted(t);default:return t}}function Q({search:e}){let t=D([`CATEGORY`,`ORGANIZATION`,`RECORD`,`USER`]),[{data:n,error:r,fetching:a},s]=l({query:A,variables:{filter:i(e)},context:t}),c=n?.auditEvents?.totalCount,u=Object.values(e).some(e=>e!==void 0);return(0,N.jsxs)(N.Fragment,{children:[(0,N.jsx)(v,{error:r,onRetry:s}),c===void 0&&a&&(0,N.jsx)(h,{}),c!==void 0&&(0,N.jsx)(`p`,{className:k.count,role:`status`,children:o.audit.count(c,_(c))}),c===0&&(0,N.jsx)(b,{children:(0,N.jsx)(p,{title:u?o.audit.noneMatches:o.audit.none,children:u&&(0,N.jsx)(`p`,{children:o.audit.noneHint})})}),c!==void 0&&c>0&&(0,N.jsx)(b,{className:k.list,children:(0,N.jsx)($,{search:e,context:t})})]})}function $({search:e,context:t,after:n,dayBefore:r}){let[a,s]=(0,R.useState)(!1),[{data:c,error:u,fetching:d},f]=l({query:A,variables:{filter:i(e),...n&&{after:n}},context:t}),p=c?.auditEvents?.nodes??[],g=c?.auditEvents?.pageInfo.hasNextPage?c.auditEvents.pageInfo.endCursor:null,_=te(p);return(0,N.jsxs)(N.Fragment,{children:[n&&(0,N.jsx)(v,{error:u,onRetry:f}),n&&!c&&d&&(0,N.jsx)(h,{}),_.map(([e,t])=>(0,N.jsxs)(`section`,{children:[e!==r&&(0,N.jsx)(`h2`,{className:k.date,children:w(e)}),(0,N.jsx)(`ul`,{children:t.map(e=>(0,N.jsx)(ne,{event:e},e.id))})]},e)),g&&(a?(0,N.jsx)($,{search:e,context:t,after:g,dayBefore:_.at(-1)?.[0]}):(0,N.jsx)(m,{className:k.more,disabled:d,onClick:()=>{s(!0)},children:o.audit.more}))]})}function te(e){let t=new Map;for(let n of e){let e=C(new Date(n.at));t.set(e,[...t.get(e)??[],n])}return[...t]}function ne({event:e}){let{sentence:t,who:n,what:r,changes:i}=B(e),{actor:s,at:c,entityId:l,entityType:u,requestId:d}=e,f={"{who}":s?(0,N.jsx)(a,{to:`/users`,search:{user:s.id},className:k.who,children:n}):n,"{what}":(0,N.jsx)(ie,{event:e,children:r})};return(0,N.jsxs)(`li`,{className:k.event,children:[(0,N.jsx)(`time`,{dateTime:c,title:d?o.audit.request(d):void 0,children:T(c)}),(0,N.jsxs)(`div`,{className:k.told,children:[(0,N.jsxs)(`p`,{children:[V(t).map((e,t)=>(0,N.jsx)(R.Fragment,{children:f[e]??e},t)),(0,N.jsx)(re,{event:e})]}),i.length>0&&(0,N.jsx)(`ul`,{className:k.changes,children:i.map(e=>(0,N.jsx)(`li`,{children:e},e))})]}),u!==`SESSION`&&(0,N.jsx)(a,{from:`/audit`,search:{about:l},className:k.about,"aria-label":o.audit.historyOf(r),children:o.audit.history})]})}function re({event:{via:e}}){return e?.__typename===`ApiToken`?` ${o.audit.through(e.name)}`:e?.__typename===`Import`?(0,N.jsxs)(N.Fragment,{children:[` `,(0,N.jsx)(a,{to:`/import/$id`,params:{id:e.id},children:o.audit.byImport(e.filename)})]}):null}function ie({event:{entity:e},children:t}){switch(e?.__typename){case`FinancialRecord`:return(0,N.jsx)(a,{to:`/records`,search:{record:e.id},children:t});case`Category`:return(0,N.jsx)(a,{to:`/categories`,search:{category:e.id},children:t});case`User`:return(0,N.jsx)(a,{to:`/users`,search:{user:e.id},children:t});case`Organization`:return(0,N.jsx)(a,{to:`/organization`,children:t});case`ApiToken`:return(0,N.jsx)(a,{to:`/settings`,children:t});default:return t}}function ae(){let e=t({from:`/shell/admins/audit`});return(0,N.jsxs)(g,{title:o.audit.title,children:[(0,N.jsx)(F,{}),(0,N.jsx)(Q,{search:e},JSON.stringify(e))]})}export{ae as AuditPage};