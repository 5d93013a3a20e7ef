import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,K as n,L as r,N as i,Pt as a,R as o,Xt as s,a as c,b as l,h as u,i as d,kt as f,l as p,q as m,u as h,y as g,z as _}from"./ui-gLCfJyoA.js";import{t as v}from"./entered-D1VSneD7.js";import{h as y}from"./index-Ccr_7qME.js";var b=e(s(),1),x=a(),S=i(`
  query RegistrationState {
    organization {
      id
      registration
    }
  }
`),C=i(`
  mutation Register($input: RegisterInput!) {
    register(input: $input) {
      user {
        id
        name
      }
    }
  }
`),w=[`name`,`email`,`password`];function T(){let[{data:e,error:t},n]=m({query:S}),[r,i]=(0,b.useState)(!1),a=e?.organization?.registration===`CLOSED`;return(0,x.jsx)(`main`,{className:y.alone,children:(0,x.jsxs)(h,{title:_.signIn.registerTitle,children:[(0,x.jsx)(c,{error:t,onRetry:n}),r||a?(0,x.jsx)(d,{title:r?_.signIn.registered:_.signIn.registrationClosed,children:(0,x.jsx)(f,{to:`/sign-in`,className:l(`primary`),children:_.signIn.title})}):(0,x.jsxs)(x.Fragment,{children:[(0,x.jsx)(p,{children:(0,x.jsx)(E,{onDone:()=>{i(!0)}})}),(0,x.jsx)(`p`,{className:y.links,children:(0,x.jsx)(f,{to:`/sign-in`,children:_.signIn.haveAccount})})]})]})})}function E({onDone:e}){let[{fetching:i,error:a},s]=n(C),l=o(a),d=r(l),f=async t=>{(await s({input:{name:v(t,`name`),email:v(t,`email`),password:v(t,`password`)}})).data?.register&&e()};return(0,x.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),f(new FormData(e.currentTarget))},children:[(0,x.jsx)(c,{problems:l.filter(({field:e})=>!e||!w.includes(e))}),(0,x.jsx)(u,{label:_.signIn.name,name:`name`,autoComplete:`name`,autoFocus:!0,problems:d.get(`name`)}),(0,x.jsx)(u,{label:_.signIn.email,name:`email`,type:`email`,autoComplete:`username`,problems:d.get(`email`)}),(0,x.jsx)(u,{label:_.signIn.password,name:`password`,type:`password`,autoComplete:`new-password`,hint:_.signIn.passwordHint,problems:d.get(`password`)}),(0,x.jsx)(`div`,{className:t.actions,children:(0,x.jsx)(g,{type:`submit`,look:`primary`,disabled:i,children:_.signIn.registerSubmit})})]})}export{T as RegisterPage};