import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{At as t,B as n,Ft as r,J as i,P as a,Zt as o,b as s,d as c,o as l,u}from"./ui-DjaPX_GW.js";import{C as d,S as f,h as p,i as m,t as h}from"./index-BEgOZXtC.js";import{n as g}from"./SessionProvider-CETgvJiC.js";var _=e(o(),1),v=r(),y=a(`
  query Entrance {
    organization {
      id
      name
      registration
      hasAdmin
      explorerPath
      demoAccounts {
        email
        name
        role
        password
      }
    }
  }
`);function b(){let{state:e}=g(),r=f(),{next:a=`/`}=d({from:`/sign-in`}),[{data:o,error:s},b]=i({query:y}),C=o?.organization,w=e.status===`signed-in`;return(0,_.useEffect)(()=>{w&&r({href:a,replace:!0})},[w,r,a]),(0,v.jsxs)(`main`,{className:p.alone,children:[(0,v.jsxs)(`p`,{className:p.product,children:[(0,v.jsx)(`img`,{src:m,alt:``,width:`22`,height:`22`}),C?.name??n.shell.product]}),(0,v.jsxs)(c,{title:n.signIn.title,children:[(0,v.jsx)(l,{error:s,onRetry:b}),C&&!C.hasAdmin&&(0,v.jsx)(x,{}),(0,v.jsx)(u,{children:(0,v.jsx)(h,{})}),C&&C.demoAccounts.length>0&&(0,v.jsx)(S,{accounts:C.demoAccounts}),(0,v.jsxs)(`p`,{className:p.links,children:[C?.registration===`OPEN`&&(0,v.jsx)(t,{to:`/register`,children:n.signIn.register}),C?.explorerPath&&(0,v.jsx)(`a`,{href:C.explorerPath,children:n.shell.explorer})]})]})]})}function x(){return(0,v.jsxs)(u,{title:n.signIn.newBooks,children:[(0,v.jsx)(`p`,{children:n.signIn.newBooksHint}),(0,v.jsx)(`code`,{className:p.command,children:n.signIn.firstAdmin}),(0,v.jsx)(`p`,{children:n.signIn.newBooksNext})]})}function S({accounts:e}){let{session:t}=g(),[r,i]=(0,_.useState)([]);return(0,v.jsxs)(`div`,{className:p.demo,children:[(0,v.jsx)(`p`,{children:n.signIn.demo}),e.map(({email:e,password:r,role:a})=>(0,v.jsx)(s,{onClick:()=>{t.signIn(e,r).then(i)},children:n.signIn.lookAround(n.common.roles[a].toLowerCase())},e)),(0,v.jsx)(l,{problems:r})]})}export{b as SignInPage};