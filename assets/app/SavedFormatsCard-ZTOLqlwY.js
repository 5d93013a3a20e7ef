import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{C as t,M as n,N as r,Pt as i,Xt as a,a as o,b as s,g as c,h as l,l as u,q as d,r as f,w as p,y as m,z as h}from"./ui-gLCfJyoA.js";import{n as g}from"./dates-HXiIbxYe.js";import{t as _}from"./useChange-CqnGZNob.js";var v=e(a(),1),y=i(),b=r(`
  fragment FormatParts on ImportFormat {
    amountColumn
    belowZero
    categories {
      from
      to
    }
    category
    categoryColumns
    counterpartyColumns
    currency
    currencyColumn
    currencyInHeader
    date
    dateColumn
    dateForm
    decimalSign
    encoding
    expenseColumn
    expenseFlags
    flagColumn
    guardedTexts
    headerLine
    headerText
    incomeColumn
    incomeFlags
    kind
    leaveOut
    notesColumns
    pendingColumn
    pendingValues
    quotes
    separator
    shortRows
    subtractedColumns
    thousandsSign
  }
`),x=r(`
  fragment ImportParts on Import {
    id
    filename
    source
    state
    size
    counts {
      rows
      new
      alreadyImported
      problems
      pending
      zero
    }
    enteredCount
    revertedCount
    rowsDone
    failure
    createdAt
    createdBy {
      id
      name
    }
    committedAt
    committedBy {
      id
      name
    }
    revertedAt
    revertedBy {
      id
      name
    }
  }
`),S=r(`
  fragment RowParts on ImportRow {
    line
    cells
    verdict
    problems {
      column
      field
      message
    }
    record {
      date
      kind
      amount {
        amount
        currency
      }
      category
      counterparty
      notes
    }
  }
`),C=r(`
  query Imports($after: String) {
    imports(first: 20, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...ImportParts
      }
    }
  }
`,[x]),w=r(`
  query SavedFormats {
    importFormats {
      name
      updatedAt
      format {
        ...FormatParts
      }
    }
  }
`,[b]),T=r(`
  query BeforeImport {
    organization {
      id
      limits {
        maxImportBytes
        maxImportNameLength
      }
    }
    imports(first: 100) {
      nodes {
        id
        source
      }
    }
  }
`),E=r(`
  query Suggestion($sample: String!) {
    suggestImportFormat(sample: $sample) {
      format {
        ...FormatParts
      }
      questions {
        field
        candidates
        message
      }
    }
  }
`,[b]),D=r(`
  query OneImport($id: ID!) {
    import(id: $id) {
      ...ImportParts
      uploadPath
      format {
        ...FormatParts
      }
    }
  }
`,[x,b]),O=r(`
  query ImportProgress($id: ID!) {
    import(id: $id) {
      ...ImportParts
    }
  }
`,[x]),k=r(`
  query FirstRows($id: ID!) {
    import(id: $id) {
      id
      preview(first: 10) {
        ...RowParts
      }
    }
  }
`,[S]),A=r(`
  query ImportRows($id: ID!, $afterLine: Int, $first: Int!, $onlyProblems: Boolean!) {
    import(id: $id) {
      id
      preview(first: $first, afterLine: $afterLine, onlyProblems: $onlyProblems) {
        ...RowParts
      }
    }
  }
`,[S]),ee=r(`
  query RowAmounts($id: ID!, $afterLine: Int) {
    import(id: $id) {
      id
      preview(first: 100, afterLine: $afterLine) {
        line
        verdict
        record {
          kind
          amount {
            amount
            currency
          }
        }
      }
    }
  }
`),te=r(`
  mutation CreateImport($input: CreateImportInput!) {
    createImport(input: $input) {
      import {
        ...ImportParts
        uploadPath
        format {
          ...FormatParts
        }
      }
    }
  }
`,[x,b]),ne=r(`
  mutation UpdateImport($input: UpdateImportInput!) {
    updateImport(input: $input) {
      import {
        ...ImportParts
        format {
          ...FormatParts
        }
        preview(first: 10) {
          ...RowParts
        }
      }
    }
  }
`,[x,b,S]),re=r(`
  mutation CommitImport($input: CommitImportInput!) {
    commitImport(input: $input) {
      import {
        ...ImportParts
      }
    }
  }
`,[x]),ie=r(`
  mutation RevertImport($input: RevertImportInput!) {
    revertImport(input: $input) {
      import {
        ...ImportParts
      }
    }
  }
`,[x]),j=r(`
  mutation SaveFormat($input: SaveImportFormatInput!) {
    saveImportFormat(input: $input) {
      savedFormat {
        name
        updatedAt
        format {
          ...FormatParts
        }
      }
    }
  }
`,[b]),M=r(`
  mutation DeleteFormat($input: DeleteImportFormatInput!) {
    deleteImportFormat(input: $input) {
      deletedName
    }
  }
`),N=r(`
  query EnteredSums($filter: RecordFilter!) {
    records(first: 0, filter: $filter) {
      totalCount
      summaries {
        recordCount
        income {
          amount
          currency
        }
        expenses {
          amount
        }
        net {
          amount
        }
      }
    }
  }
`),P=r(`
  query CategoryNames {
    categories(first: 100) {
      totalCount
      nodes {
        id
        name
      }
    }
  }
`),F=4194304,I=65536,L=new Map,R=new Set;function z(e,t){L.set(e,t);for(let e of R)e()}function B(e){L.delete(e);for(let e of R)e()}function V(e){return R.add(e),()=>R.delete(e)}function H(e){return(0,v.useSyncExternalStore)(V,()=>L.get(e)??null)}async function U(e){return{file:e,bytes:new Uint8Array(await e.slice(0,F).arrayBuffer()),questions:[]}}function W(e){let t=``;for(let n of e.subarray(0,I))t+=String.fromCharCode(n);return btoa(t)}function G(e,t=n()){let[r,i]=e<1e3?[`byte`,1]:e<1e6?[`kilobyte`,1e3]:[`megabyte`,1e6];return new Intl.NumberFormat(t,{style:`unit`,unit:r,unitDisplay:e<1e3?`long`:`short`,maximumFractionDigits:1}).format(e/i)}var K={drop:`_drop_t35cz_1`,over:`_over_t35cz_21`,fileInput:`_fileInput_t35cz_27`,quiet:`_quiet_t35cz_43`,name:`_name_t35cz_48`,state:`_state_t35cz_57`,good:`_good_t35cz_72`,open:`_open_t35cz_76`,bad:`_bad_t35cz_81`,formats:`_formats_t35cz_89`,steps:`_steps_t35cz_111`,step:`_step_t35cz_111`,stepLink:`_stepLink_t35cz_151`,beside:`_beside_t35cz_162`,stack:`_stack_t35cz_169`,halves:`_halves_t35cz_179`,narrow:`_narrow_t35cz_184`,file:`_file_t35cz_27`,groups:`_groups_t35cz_193`,group:`_group_t35cz_193`,questions:`_questions_t35cz_214`,question:`_question_t35cz_214`,more:`_more_t35cz_237`,moreFields:`_moreFields_t35cz_244`,many:`_many_t35cz_250`,chips:`_chips_t35cz_256`,addOther:`_addOther_t35cz_267`,check:`_check_t35cz_273`,rows:`_rows_t35cz_284`,old:`_old_t35cz_302`,used:`_used_t35cz_306`,use:`_use_t35cz_306`,cell:`_cell_t35cz_319`,day:`_day_t35cz_326`,verdict:`_verdict_t35cz_327`,leftOut:`_leftOut_t35cz_331`,problem:`_problem_t35cz_335`,asInFile:`_asInFile_t35cz_339`,tiles:`_tiles_t35cz_348`,tile:`_tile_t35cz_348`,sums:`_sums_t35cz_372`,enter:`_enter_t35cz_383`,progress:`_progress_t35cz_388`,table:`_table_t35cz_400`,categoryName:`_categoryName_t35cz_400`,addName:`_addName_t35cz_407`},{drop:q}=h.imports;function J({label:e=q.choose,most:n,onChoose:r,children:i}){let a=(0,v.useId)(),o=(0,v.useRef)(null),[c,l]=(0,v.useState)(null),[u,d]=(0,v.useState)(0),f=async e=>{let[t]=e??[];if(!t)return;let i=(e?.length??0)>1?q.onlyOne:t.size===0?q.empty:n!==null&&t.size>n?q.tooLarge(G(t.size),G(n)):null;if(l(i),i===null)try{r(await U(t))}catch{l(q.unreadable)}};return(0,y.jsxs)(`div`,{className:p(K.drop,u>0&&K.over),onDragEnter:e=>{e.preventDefault(),d(u+1)},onDragLeave:()=>{d(Math.max(0,u-1))},onDragOver:e=>{e.preventDefault()},onDrop:e=>{e.preventDefault(),d(0),f(e.dataTransfer.files)},children:[i,(0,y.jsx)(`input`,{ref:o,id:a,className:K.fileInput,type:`file`,accept:`.csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values`,"aria-describedby":c===null?void 0:`${a}-problem`,onChange:e=>{f(e.target.files).finally(()=>{o.current&&(o.current.value=``)})}}),(0,y.jsx)(`label`,{className:s(`primary`),htmlFor:a,children:u>0?q.dropHere:e}),c!==null&&(0,y.jsx)(`p`,{id:`${a}-problem`,className:t.problem,role:`alert`,children:c})]})}function Y(e){let{kind:t}=e,n=t===`TWO_COLUMNS`,r=t===`FLAG`||t===`SUFFIX`;return{amountColumn:n?null:Z(e.amountColumn),belowZero:X(e)?null:e.belowZero,categories:e.categories.map(({from:e,to:t})=>({from:e,to:t})).filter(({to:e})=>e.trim()!==``),category:Z(e.category),categoryColumns:e.categoryColumns,counterpartyColumns:e.counterpartyColumns,currency:Z(e.currency),currencyColumn:Z(e.currencyColumn),currencyInHeader:e.currencyInHeader,date:e.dateColumn?null:Z(e.date),dateColumn:Z(e.dateColumn),dateForm:e.dateForm,decimalSign:e.decimalSign,encoding:e.encoding,expenseColumn:n?Z(e.expenseColumn):null,expenseFlags:r?e.expenseFlags:[],flagColumn:t===`FLAG`?Z(e.flagColumn):null,guardedTexts:e.guardedTexts,headerLine:e.headerLine,headerText:Z(e.headerText),incomeColumn:n?Z(e.incomeColumn):null,incomeFlags:r?e.incomeFlags:[],kind:t,leaveOut:e.leaveOut,notesColumns:e.notesColumns,pendingColumn:Z(e.pendingColumn),pendingValues:e.pendingColumn?e.pendingValues:[],quotes:e.quotes,separator:e.separator,shortRows:e.shortRows,subtractedColumns:n?[]:e.subtractedColumns,thousandsSign:e.thousandsSign}}function X({kind:e}){return e===`SIGN`||e===`INVERSE_SIGN`}function Z(e){return e===null||e.trim()===``?null:e}function ae(e){return[`kind`,...{EXPENSE:[`amountColumn`],FLAG:[`amountColumn`,`flagColumn`,`incomeFlags`,`expenseFlags`],INCOME:[`amountColumn`],INVERSE_SIGN:[`amountColumn`],SIGN:[`amountColumn`],SUFFIX:[`amountColumn`,`incomeFlags`,`expenseFlags`],TWO_COLUMNS:[`incomeColumn`,`expenseColumn`]}[e.kind],...X(e)?[]:[`belowZero`],`decimalSign`,`thousandsSign`]}function oe(e){return{category:[`category`,`categoryColumns`],currency:[`currency`,`currencyColumn`],dateColumn:[`dateColumn`,`date`],incomeFlags:[`incomeFlags`,`expenseFlags`],pendingValues:[`pendingColumn`,`pendingValues`]}[e]??(e in h.imports.fields?[e]:[])}function se(e,t,n){let r=[t[n],`#${String(n+1)}`],i=Y(e);return ce.filter(e=>[i[e]].flat().some(e=>e!==null&&r.includes(e)))}var ce=[`dateColumn`,`amountColumn`,`incomeColumn`,`expenseColumn`,`flagColumn`,`subtractedColumns`,`currencyColumn`,`categoryColumns`,`counterpartyColumns`,`notesColumns`,`pendingColumn`];function le(e){return e.replace(/`(\w+)`/g,(e,t)=>t in h.imports.fields?`“${h.imports.fields[t]}”`:e.slice(1,-1))}var{formats:Q}=h.imports;function $(){let[{data:e,error:t},n]=d({query:w}),[r,i]=(0,v.useState)(null),a=e?.importFormats;return(0,y.jsxs)(u,{title:Q.title,children:[(0,y.jsx)(`p`,{className:K.quiet,children:a?.length===0?Q.none:Q.hint}),(0,y.jsx)(o,{error:t,onRetry:n}),(0,y.jsx)(`ul`,{className:K.formats,children:a?.map(({name:e,updatedAt:t})=>(0,y.jsxs)(`li`,{children:[(0,y.jsx)(`span`,{children:e}),(0,y.jsx)(`span`,{className:K.quiet,children:Q.saved(g(t))}),(0,y.jsx)(m,{look:`plain`,"aria-label":Q.deleteOne(e),onClick:()=>{i(e)},children:Q.delete})]},e))}),r!==null&&(0,y.jsx)(ue,{name:r,onClose:()=>{i(null)}})]})}function ue({name:e,onClose:n}){let{run:r,isBusy:i,problems:a}=_(M),s=f(),l=async()=>{let{problems:t}=await r({name:e});t||(s({message:Q.deleted(e)}),n())};return(0,y.jsxs)(c,{title:Q.deleteTitle,onClose:n,children:[(0,y.jsx)(o,{problems:a}),(0,y.jsx)(`p`,{children:Q.deleteHint(e)}),(0,y.jsxs)(`div`,{className:t.actions,children:[(0,y.jsx)(m,{look:`danger`,disabled:i,onClick:()=>void l(),children:Q.delete}),(0,y.jsx)(m,{onClick:n,children:h.common.cancel})]})]})}function de({format:e,proposed:n,onClose:r}){let{run:i,isBusy:a,problems:s,fieldProblems:u}=_(j),[{data:p}]=d({query:w}),[g,b]=(0,v.useState)(n),x=f(),S=p?.importFormats?.some(e=>e.name===g.trim())??!1,C=async()=>{let{data:t}=await i({name:g,format:Y(e)});t?.saveImportFormat&&(x({message:Q.done(t.saveImportFormat.savedFormat.name)}),r())};return(0,y.jsx)(c,{title:Q.saveTitle,onClose:r,children:(0,y.jsxs)(`form`,{className:t.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),C()},children:[(0,y.jsx)(o,{problems:s.filter(({field:e})=>e!==`name`)}),(0,y.jsx)(l,{label:Q.name,hint:S?Q.replaces:Q.saveHint,value:g,"data-first":!0,problems:u.get(`name`),onChange:({target:e})=>{b(e.value)}}),(0,y.jsxs)(`div`,{className:t.actions,children:[(0,y.jsx)(m,{type:`submit`,look:`primary`,disabled:a,children:h.common.save}),(0,y.jsx)(m,{onClick:r,children:h.common.cancel})]})]})})}export{ne as A,D as C,A as D,ee as E,w as O,C as S,ie as T,P as _,le as a,N as b,J as c,F as d,B as f,T as g,H as h,oe as i,E as k,K as l,W as m,$ as n,Y as o,z as p,ae as r,se as s,de as t,G as u,re as v,O as w,k as x,te as y};