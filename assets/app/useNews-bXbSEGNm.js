import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{K as t,P as n,Zt as r}from"./ui-DjaPX_GW.js";var i=e(r(),1),a=500,o=n(`
  subscription BooksChanged($types: [NodeType!]) {
    changed(types: $types) {
      pageInfo {
        endCursor
      }
    }
  }
`);function s(e){let n=t(),[r,s]=(0,i.useState)({news:0}),c=e.join(` `);return(0,i.useEffect)(()=>{let e=null,t,r=n.subscription(o,{types:c.split(` `)}).subscribe(({data:n})=>{let r=n?.changed?.pageInfo.endCursor??null;r!==null&&r!==e&&(e=r,t??=setTimeout(()=>{t=void 0,s(({news:e})=>({news:e+1}))},a))});return()=>{r.unsubscribe(),clearTimeout(t)}},[n,c]),r}export{s as t};