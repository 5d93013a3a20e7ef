import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{At as t,B as n,Ft as r,J as i,P as a,R as o,Zt as s,a as c,b as l,d as u,g as d,o as f,q as p,u as m,w as h,x as g,z as _}from"./ui-DjaPX_GW.js";import{t as v}from"./entered-D1VSneD7.js";import{h as y}from"./index-BEgOZXtC.js";var b=e(s(),1),x=r(),S=a(`
  query RegistrationState {
    organization {
      id
      registration
    }
  }
`),C=a(`
  mutation Register($input: RegisterInput!) {
    register(input: $input) {
      user {
        id
        name
      }
    }
  }
`),w=[`name`,`email`,`password`];function T(){let[{data:e,error:r},a]=i({query:S}),[o,s]=(0,b.useState)(!1),l=e?.organization?.registration===`CLOSED`;return(0,x.jsx)(`main`,{className:y.alone,children:(0,x.jsxs)(u,{title:n.signIn.registerTitle,children:[(0,x.jsx)(f,{error:r,onRetry:a}),o||l?(0,x.jsx)(c,{title:o?n.signIn.registered:n.signIn.registrationClosed,children:(0,x.jsx)(t,{to:`/sign-in`,className:g(`primary`),children:n.signIn.title})}):(0,x.jsxs)(x.Fragment,{children:[(0,x.jsx)(m,{children:(0,x.jsx)(E,{onDone:()=>{s(!0)}})}),(0,x.jsx)(`p`,{className:y.links,children:(0,x.jsx)(t,{to:`/sign-in`,children:n.signIn.haveAccount})})]})]})})}function E({onDone:e}){let[{fetching:t,error:r},i]=p(C),a=_(r),s=o(a),c=async t=>{(await i({input:{name:v(t,`name`),email:v(t,`email`),password:v(t,`password`)}})).data?.register&&e()};return(0,x.jsxs)(`form`,{className:h.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),c(new FormData(e.currentTarget))},children:[(0,x.jsx)(f,{problems:a.filter(({field:e})=>!e||!w.includes(e))}),(0,x.jsx)(d,{label:n.signIn.name,name:`name`,autoComplete:`name`,autoFocus:!0,problems:s.get(`name`)}),(0,x.jsx)(d,{label:n.signIn.email,name:`email`,type:`email`,autoComplete:`username`,problems:s.get(`email`)}),(0,x.jsx)(d,{label:n.signIn.password,name:`password`,type:`password`,autoComplete:`new-password`,hint:n.signIn.passwordHint,problems:s.get(`password`)}),(0,x.jsx)(`div`,{className:h.actions,children:(0,x.jsx)(l,{type:`submit`,look:`primary`,disabled:t,children:n.signIn.registerSubmit})})]})}export{T as RegisterPage};