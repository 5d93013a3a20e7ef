import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{B as t,Ft as n,J as r,N as i,P as a,T as o,Zt as s,_ as c,b as l,g as u,i as d,o as f,u as p,w as m,x as h}from"./ui-DjaPX_GW.js";import{n as g}from"./dates-naMrO9DD.js";import{t as _}from"./useChange-Di3LuHTl.js";import{t as v}from"./fragments-Cyii6QaZ.js";var y=e(s(),1),b=n(),x=a(`
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
`),S=a(`
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
`),C=a(`
  fragment FileParts on Import {
    columns
    summaries {
      income {
        amount
        currency
      }
      expenses {
        amount
      }
    }
    format {
      ...FormatParts
    }
  }
`,[x]),w=a(`
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
`),T=a(`
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
`,[S]),E=a(`
  query SavedFormats {
    importFormats {
      name
      updatedAt
      format {
        ...FormatParts
      }
    }
  }
`,[x]),D=a(`
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
`),O=a(`
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
`,[x]),k=a(`
  query OneImport($id: ID!) {
    import(id: $id) {
      ...ImportParts
      ...FileParts
      uploadPath
    }
  }
`,[S,C]),ee=a(`
  query ImportArrived($id: ID!) {
    import(id: $id) {
      ...ImportParts
      ...FileParts
    }
  }
`,[S,C]),te=a(`
  query ImportProgress($id: ID!) {
    import(id: $id) {
      ...ImportParts
    }
  }
`,[S]),ne=a(`
  query FirstRows($id: ID!) {
    import(id: $id) {
      id
      preview(first: 10) {
        ...RowParts
      }
    }
  }
`,[w]),re=a(`
  query ImportRows($id: ID!, $afterLine: Int, $first: Int!, $onlyProblems: Boolean!) {
    import(id: $id) {
      id
      preview(first: $first, afterLine: $afterLine, onlyProblems: $onlyProblems) {
        ...RowParts
      }
    }
  }
`,[w]),ie=a(`
  query RowVerdicts($id: ID!, $afterLine: Int) {
    import(id: $id) {
      id
      preview(first: 100, afterLine: $afterLine) {
        line
        verdict
      }
    }
  }
`),ae=a(`
  mutation CreateImport($input: CreateImportInput!) {
    createImport(input: $input) {
      import {
        ...ImportParts
        ...FileParts
        uploadPath
      }
    }
  }
`,[S,C]),oe=a(`
  mutation UpdateImport($input: UpdateImportInput!) {
    updateImport(input: $input) {
      import {
        ...ImportParts
        ...FileParts
        preview(first: 10) {
          ...RowParts
        }
      }
    }
  }
`,[S,C,w]),A=a(`
  mutation CommitImport($input: CommitImportInput!) {
    commitImport(input: $input) {
      import {
        ...ImportParts
      }
    }
  }
`,[S]),j=a(`
  mutation RevertImport($input: RevertImportInput!) {
    revertImport(input: $input) {
      import {
        ...ImportParts
      }
    }
  }
`,[S]),M=a(`
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
`,[x]),N=a(`
  mutation DeleteFormat($input: DeleteImportFormatInput!) {
    deleteImportFormat(input: $input) {
      deletedName
    }
  }
`),P=a(`
  query EnteredSums($filter: RecordFilter!) {
    records(first: 0, filter: $filter) {
      ...RecordSums
    }
  }
`,[v]),F=a(`
  query CategoryNames {
    categories(first: 100) {
      totalCount
      nodes {
        id
        name
      }
    }
  }
`),I=4194304,L=65536,R=new Map,z=new Set;function B(e,t){R.set(e,t);for(let e of z)e()}function V(e){R.delete(e);for(let e of z)e()}function H(e){return z.add(e),()=>z.delete(e)}function U(e){return(0,y.useSyncExternalStore)(H,()=>R.get(e)??null)}async function W(e){return{file:e,bytes:new Uint8Array(await e.slice(0,I).arrayBuffer()),questions:[]}}function G(e){let t=``;for(let n of e.subarray(0,L))t+=String.fromCharCode(n);return btoa(t)}function K(e,t=i()){let[n,r]=e<1e3?[`byte`,1]:e<1e6?[`kilobyte`,1e3]:[`megabyte`,1e6];return new Intl.NumberFormat(t,{style:`unit`,unit:n,unitDisplay:e<1e3?`long`:`short`,maximumFractionDigits:1}).format(e/r)}var q={drop:`_drop_t35cz_1`,over:`_over_t35cz_21`,fileInput:`_fileInput_t35cz_27`,quiet:`_quiet_t35cz_43`,name:`_name_t35cz_48`,state:`_state_t35cz_57`,good:`_good_t35cz_72`,open:`_open_t35cz_76`,bad:`_bad_t35cz_81`,formats:`_formats_t35cz_89`,steps:`_steps_t35cz_111`,step:`_step_t35cz_111`,stepLink:`_stepLink_t35cz_151`,beside:`_beside_t35cz_162`,stack:`_stack_t35cz_169`,halves:`_halves_t35cz_179`,narrow:`_narrow_t35cz_184`,file:`_file_t35cz_27`,groups:`_groups_t35cz_193`,group:`_group_t35cz_193`,questions:`_questions_t35cz_214`,question:`_question_t35cz_214`,more:`_more_t35cz_237`,moreFields:`_moreFields_t35cz_244`,many:`_many_t35cz_250`,chips:`_chips_t35cz_256`,addOther:`_addOther_t35cz_267`,check:`_check_t35cz_273`,rows:`_rows_t35cz_284`,old:`_old_t35cz_302`,used:`_used_t35cz_306`,use:`_use_t35cz_306`,cell:`_cell_t35cz_319`,day:`_day_t35cz_326`,verdict:`_verdict_t35cz_327`,leftOut:`_leftOut_t35cz_331`,problem:`_problem_t35cz_335`,asInFile:`_asInFile_t35cz_339`,tiles:`_tiles_t35cz_348`,tile:`_tile_t35cz_348`,sums:`_sums_t35cz_372`,enter:`_enter_t35cz_383`,progress:`_progress_t35cz_388`,table:`_table_t35cz_400`,categoryName:`_categoryName_t35cz_400`,addName:`_addName_t35cz_407`},{drop:J}=t.imports;function se({label:e=J.choose,most:t,onChoose:n,children:r}){let i=(0,y.useId)(),a=(0,y.useRef)(null),[s,c]=(0,y.useState)(null),[l,u]=(0,y.useState)(0),d=async e=>{let[r]=e??[];if(!r)return;let i=(e?.length??0)>1?J.onlyOne:r.size===0?J.empty:t!==null&&r.size>t?J.tooLarge(K(r.size),K(t)):null;if(c(i),i===null)try{n(await W(r))}catch{c(J.unreadable)}};return(0,b.jsxs)(`div`,{className:o(q.drop,l>0&&q.over),onDragEnter:e=>{e.preventDefault(),u(l+1)},onDragLeave:()=>{u(Math.max(0,l-1))},onDragOver:e=>{e.preventDefault()},onDrop:e=>{e.preventDefault(),u(0),d(e.dataTransfer.files)},children:[r,(0,b.jsx)(`input`,{ref:a,id:i,className:q.fileInput,type:`file`,accept:`.csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values`,"aria-describedby":s===null?void 0:`${i}-problem`,onChange:e=>{d(e.target.files).finally(()=>{a.current&&(a.current.value=``)})}}),(0,b.jsx)(`label`,{className:h(`primary`),htmlFor:i,children:l>0?J.dropHere:e}),s!==null&&(0,b.jsx)(`p`,{id:`${i}-problem`,className:m.problem,role:`alert`,children:s})]})}function Y(e){let{kind:t}=e,n=t===`TWO_COLUMNS`,r=t===`FLAG`||t===`SUFFIX`;return{amountColumn:n?null:Z(e.amountColumn),belowZero:X(e)?null:e.belowZero,categories:e.categories.map(({from:e,to:t})=>({from:e,to:t})).filter(({to:e})=>e.trim()!==``),category:Z(e.category),categoryColumns:e.categoryColumns,counterpartyColumns:e.counterpartyColumns,currency:Z(e.currency),currencyColumn:Z(e.currencyColumn),currencyInHeader:e.currencyInHeader,date:e.dateColumn?null:Z(e.date),dateColumn:Z(e.dateColumn),dateForm:e.dateForm,decimalSign:e.decimalSign,encoding:e.encoding,expenseColumn:n?Z(e.expenseColumn):null,expenseFlags:r?e.expenseFlags:[],flagColumn:t===`FLAG`?Z(e.flagColumn):null,guardedTexts:e.guardedTexts,headerLine:e.headerLine,headerText:Z(e.headerText),incomeColumn:n?Z(e.incomeColumn):null,incomeFlags:r?e.incomeFlags:[],kind:t,leaveOut:e.leaveOut,notesColumns:e.notesColumns,pendingColumn:Z(e.pendingColumn),pendingValues:e.pendingColumn?e.pendingValues:[],quotes:e.quotes,separator:e.separator,shortRows:e.shortRows,subtractedColumns:n?[]:e.subtractedColumns,thousandsSign:e.thousandsSign}}function X({kind:e}){return e===`SIGN`||e===`INVERSE_SIGN`}function Z(e){return e===null||e.trim()===``?null:e}function Q(e){return[`kind`,...{EXPENSE:[`amountColumn`],FLAG:[`amountColumn`,`flagColumn`,`incomeFlags`,`expenseFlags`],INCOME:[`amountColumn`],INVERSE_SIGN:[`amountColumn`],SIGN:[`amountColumn`],SUFFIX:[`amountColumn`,`incomeFlags`,`expenseFlags`],TWO_COLUMNS:[`incomeColumn`,`expenseColumn`]}[e.kind],...X(e)?[]:[`belowZero`],`decimalSign`,`thousandsSign`]}function ce(e){return{category:[`category`,`categoryColumns`],currency:[`currency`,`currencyColumn`],dateColumn:[`dateColumn`,`date`],incomeFlags:[`incomeFlags`,`expenseFlags`],pendingValues:[`pendingColumn`,`pendingValues`]}[e]??(e in t.imports.fields?[e]:[])}function le(e,t,n){let r=[t[n],`#${String(n+1)}`],i=Y(e);return ue.filter(e=>[i[e]].flat().some(e=>e!==null&&r.includes(e)))}var ue=[`dateColumn`,`amountColumn`,`incomeColumn`,`expenseColumn`,`flagColumn`,`subtractedColumns`,`currencyColumn`,`categoryColumns`,`counterpartyColumns`,`notesColumns`,`pendingColumn`];function de(e){return e.replace(/`(\w+)`/g,(e,n)=>n in t.imports.fields?`“${t.imports.fields[n]}”`:e.slice(1,-1))}var{formats:$}=t.imports;function fe(){let[{data:e,error:t},n]=r({query:E}),[i,a]=(0,y.useState)(null),o=e?.importFormats;return(0,b.jsxs)(p,{title:$.title,children:[(0,b.jsx)(`p`,{className:q.quiet,children:o?.length===0?$.none:$.hint}),(0,b.jsx)(f,{error:t,onRetry:n}),(0,b.jsx)(`ul`,{className:q.formats,children:o?.map(({name:e,updatedAt:t})=>(0,b.jsxs)(`li`,{children:[(0,b.jsx)(`span`,{children:e}),(0,b.jsx)(`span`,{className:q.quiet,children:$.saved(g(t))}),(0,b.jsx)(l,{look:`plain`,"aria-label":$.deleteOne(e),onClick:()=>{a(e)},children:$.delete})]},e))}),i!==null&&(0,b.jsx)(pe,{name:i,onClose:()=>{a(null)}})]})}function pe({name:e,onClose:n}){let{run:r,isBusy:i,problems:a}=_(N),o=d(),s=async()=>{let{problems:t}=await r({name:e});t||(o({message:$.deleted(e)}),n())};return(0,b.jsxs)(c,{title:$.deleteTitle,onClose:n,children:[(0,b.jsx)(f,{problems:a}),(0,b.jsx)(`p`,{children:$.deleteHint(e)}),(0,b.jsxs)(`div`,{className:m.actions,children:[(0,b.jsx)(l,{look:`danger`,disabled:i,onClick:()=>void s(),children:$.delete}),(0,b.jsx)(l,{onClick:n,children:t.common.cancel})]})]})}function me({format:e,proposed:n,onClose:i}){let{run:a,isBusy:o,problems:s,fieldProblems:p}=_(M),[{data:h}]=r({query:E}),[g,v]=(0,y.useState)(n),x=d(),S=h?.importFormats?.some(e=>e.name===g.trim())??!1,C=async()=>{let{data:t}=await a({name:g,format:Y(e)});t?.saveImportFormat&&(x({message:$.done(t.saveImportFormat.savedFormat.name)}),i())};return(0,b.jsx)(c,{title:$.saveTitle,onClose:i,children:(0,b.jsxs)(`form`,{className:m.form,noValidate:!0,onSubmit:e=>{e.preventDefault(),C()},children:[(0,b.jsx)(f,{problems:s.filter(({field:e})=>e!==`name`)}),(0,b.jsx)(u,{label:$.name,hint:S?$.replaces:$.saveHint,value:g,"data-first":!0,problems:p.get(`name`),onChange:({target:e})=>{v(e.value)}}),(0,b.jsxs)(`div`,{className:m.actions,children:[(0,b.jsx)(l,{type:`submit`,look:`primary`,disabled:o,children:t.common.save}),(0,b.jsx)(l,{onClick:i,children:t.common.cancel})]})]})})}export{O as A,T as C,ie as D,j as E,re as O,ne as S,te as T,D as _,de as a,ae as b,se as c,I as d,V as f,ee as g,U as h,ce as i,oe as j,E as k,q as l,G as m,fe as n,Y as o,B as p,Q as r,le as s,me as t,K as u,F as v,k as w,P as x,A as y};