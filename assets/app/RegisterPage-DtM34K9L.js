import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,G as n,K as r,L as i,N as a,Nt as o,Ot as s,R as c,Yt as l,a as u,b as d,h as f,i as p,l as m,u as h,y as g,z as _}from"./ui-CQVmcD6J.js";import{t as v}from"./entered-D1VSneD7.js";import{h as y}from"./index-BDfSiXL9.js";var b=e(l(),1),x=o(),S=a(`
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
`),w=[`name`,`email`,`password`];function T(){let[{data:e,error:t},n]=r({query:S}),[i,a]=(0,b.useState)(!1),o=e?.organization?.registration===`CLOSED`;return(0,x.jsx)(`main`,{className:y.alone,children:(0,x.jsxs)(h,{title:_.signIn.registerTitle,children:[(0,x.jsx)(u,{error:t,onRetry:n}),i||o?(0,x.jsx)(p,{title:i?_.signIn.registered:_.signIn.registrationClosed,children:(0,x.jsx)(s,{to:`/sign-in`,className:d(`primary`),children:_.signIn.title})}):(0,x.jsxs)(x.Fragment,{children:[(0,x.jsx)(m,{children:(0,x.jsx)(E,{onDone:()=>{a(!0)}})}),(0,x.jsx)(`p`,{className:y.links,children:(0,x.jsx)(s,{to:`/sign-in`,children:_.signIn.haveAccount})})]})]})})}function E({onDone:e}){let[{fetching:r,error:a},o]=n(C),s=c(a),l=i(s),d=async t=>{(await o({input:{name:v(t,`name`),email:v(t,`email`),password:v(t,`password`)}})).data?.register&&e()};return(0,x.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),d(new FormData(e.currentTarget))},children:[(0,x.jsx)(u,{problems:s.filter(({field:e})=>!e||!w.includes(e))}),(0,x.jsx)(f,{label:_.signIn.name,name:`name`,autoComplete:`name`,autoFocus:!0,problems:l.get(`name`)}),(0,x.jsx)(f,{label:_.signIn.email,name:`email`,type:`email`,autoComplete:`username`,problems:l.get(`email`)}),(0,x.jsx)(f,{label:_.signIn.password,name:`password`,type:`password`,autoComplete:`new-password`,hint:_.signIn.passwordHint,problems:l.get(`password`)}),(0,x.jsx)(`div`,{className:t.actions,children:(0,x.jsx)(g,{type:`submit`,look:`primary`,disabled:r,children:_.signIn.registerSubmit})})]})}export{T as RegisterPage};