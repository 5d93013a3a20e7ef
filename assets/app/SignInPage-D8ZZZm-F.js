import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{N as t,Pt as n,Xt as r,a as i,kt as a,l as o,q as s,u as c,y as l,z as u}from"./ui-gLCfJyoA.js";import{C as d,S as f,h as p,i as m,t as h}from"./index-Ccr_7qME.js";import{n as g}from"./SessionProvider-B8zhNedt.js";var _=e(r(),1),v=n(),y=t(`
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
`);function b(){let{state:e}=g(),t=f(),{next:n=`/`}=d({from:`/sign-in`}),[{data:r,error:l},b]=s({query:y}),C=r?.organization,w=e.status===`signed-in`;return(0,_.useEffect)(()=>{w&&t({href:n,replace:!0})},[w,t,n]),(0,v.jsxs)(`main`,{className:p.alone,children:[(0,v.jsxs)(`p`,{className:p.product,children:[(0,v.jsx)(`img`,{src:m,alt:``,width:`22`,height:`22`}),C?.name??u.shell.product]}),(0,v.jsxs)(c,{title:u.signIn.title,children:[(0,v.jsx)(i,{error:l,onRetry:b}),C&&!C.hasAdmin&&(0,v.jsx)(x,{}),(0,v.jsx)(o,{children:(0,v.jsx)(h,{})}),C&&C.demoAccounts.length>0&&(0,v.jsx)(S,{accounts:C.demoAccounts}),(0,v.jsxs)(`p`,{className:p.links,children:[C?.registration===`OPEN`&&(0,v.jsx)(a,{to:`/register`,children:u.signIn.register}),C?.explorerPath&&(0,v.jsx)(`a`,{href:C.explorerPath,children:u.shell.explorer})]})]})]})}function x(){return(0,v.jsxs)(o,{title:u.signIn.newBooks,children:[(0,v.jsx)(`p`,{children:u.signIn.newBooksHint}),(0,v.jsx)(`code`,{className:p.command,children:u.signIn.firstAdmin}),(0,v.jsx)(`p`,{children:u.signIn.newBooksNext})]})}function S({accounts:e}){let{session:t}=g(),[n,r]=(0,_.useState)([]);return(0,v.jsxs)(`div`,{className:p.demo,children:[(0,v.jsx)(`p`,{children:u.signIn.demo}),e.map(({email:e,password:n,role:i})=>(0,v.jsx)(l,{onClick:()=>{t.signIn(e,n).then(r)},children:u.signIn.lookAround(u.common.roles[i].toLowerCase())},e)),(0,v.jsx)(i,{problems:n})]})}export{b as SignInPage};