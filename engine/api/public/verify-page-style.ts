/** The whole style of the public page. It is allowed by its hash: see PAGE_POLICY. */
export const PAGE_STYLE = `
*{box-sizing:border-box}
body{margin:0;background:#f4f6f9;color:#1c2733;font:16px/1.55 "Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif}
header{display:flex;justify-content:space-between;align-items:center;gap:16px;background:#0b5394;color:#fff;padding:12px max(16px,calc((100% - 720px)/2))}
header p{margin:0;font-weight:600}
header a{color:#fff;padding:8px 12px;border:1px solid #ffffff80;border-radius:6px;text-decoration:none;white-space:nowrap}
main{max-width:752px;margin:0 auto;padding:24px 16px}
h1{font-size:26px;line-height:1.25;margin:0 0 16px}
h2{font-size:18px;margin:0 0 8px}
.verdict{display:flex;gap:16px;align-items:flex-start;border-radius:10px;padding:20px;margin:0 0 20px;border:1px solid}
.verdict h2{font-size:21px;line-height:1.3;margin:0 0 4px}
.verdict p{margin:0}
.sign{flex:none;width:40px;height:40px;border-radius:50%;display:grid;place-items:center;color:#fff;font-weight:700;font-size:22px}
.good{background:#e9f6ee;border-color:#7fc79a}.good .sign{background:#17783f}
.bad{background:#fdecec;border-color:#e39a9a}.bad .sign{background:#b3261e}
.warn{background:#fff5e0;border-color:#e3bd6d}.warn .sign{background:#8a5a00}
dl{background:#fff;border:1px solid #d7dde5;border-radius:10px;margin:0;padding:4px 20px}
dl div{display:grid;grid-template-columns:190px 1fr;gap:4px 16px;padding:10px 0;border-bottom:1px solid #e7ebf0}
dl div:last-child{border-bottom:0}
dt{color:#56657a}
dd{margin:0;font-weight:600;overflow-wrap:anywhere;text-align:left}
dd.code{font:400 14px/1.5 ui-monospace,Consolas,monospace}
.quiet{margin:12px 0}
form{background:#fff;border:1px solid #d7dde5;border-radius:10px;padding:20px;margin:20px 0}
label{display:block;margin:0 0 14px;color:#3b4a5e}
input{display:block;width:100%;margin-top:4px;padding:10px 12px;font:inherit;color:inherit;border:1px solid #8a97a8;border-radius:6px;background:#fff;min-height:44px}
button{font:inherit;font-weight:600;color:#fff;background:#0b5394;border:0;border-radius:6px;padding:10px 24px;min-height:44px;cursor:pointer}
a{color:#0b5394}
:focus-visible{outline:3px solid #f2a900;outline-offset:2px}
.quiet,footer{color:#56657a;font-size:14px}
footer{max-width:752px;margin:0 auto;padding:0 16px 32px}
@media (max-width:560px){h1{font-size:22px}dl{padding:4px 16px}dl div{grid-template-columns:1fr}.verdict{padding:16px}form{padding:16px}button{width:100%}}
@media print{header a,form{display:none}}
`
