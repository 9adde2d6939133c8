// An identity platform for tests: the certified `oidc-provider`, with the people it is given and a login page of two fields.
// Called with one argument, JSON: {modules, port, clientId, clientSecret, redirects, people, keys}. Prints "ready" when it listens.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const given = JSON.parse(process.argv[2]);
const require = createRequire(pathToFileURL(`${given.modules}/`));
const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));

const issuer = `http://127.0.0.1:${given.port}`;
const people = new Map(given.people.map((person) => [person.sub, person]));

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: given.clientId,
      client_secret: given.clientSecret,
      redirect_uris: given.redirects,
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  jwks: { keys: given.keys },
  cookies: { keys: ["only-for-tests"] },
  pkce: { required: () => true },
  scopes: ["openid", "profile", "phone"],
  acrValues: ["L1", "L2", "L3"],
  claims: { openid: ["sub", "acr", "amr"], profile: ["name", "id_number", "uscc"], phone: ["phone_number"] },
  features: { devInteractions: { enabled: false } },
  ttl: { Session: 600, Grant: 600, Interaction: 600, AccessToken: 300, IdToken: 300 },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) =>
    people.has(sub) ? { accountId: sub, claims: async () => ({ ...people.get(sub), acr: undefined, amr: undefined }) } : undefined,
  // Whoever logs in agrees to tell us who they are.
  async loadExistingGrant(ctx) {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid profile phone");
    await grant.save();
    return grant;
  },
});

const page = (uid, words) => `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>统一身份认证平台（测试）</title>
<main><h1>统一身份认证平台（测试）</h1><p>${words}</p>
<form method="post" action="/interaction/${uid}">
<label>账号 <input name="login"></label> <label>密码 <input name="password" type="password"></label>
<button name="do" value="login">登录</button> <button name="do" value="cancel">取消</button></form></main></html>`;

const body = async (request) => {
  let text = "";
  for await (const piece of request) text += piece;
  return new URLSearchParams(text);
};

provider.use(async (ctx, next) => {
  const [, uid] = ctx.path.match(/^\/interaction\/([\w-]+)$/) ?? [];
  if (!uid) return next();
  ctx.type = "html";
  if (ctx.method !== "POST") {
    ctx.body = page(uid, "请登录");
    return;
  }
  const typed = await body(ctx.req);
  const person = people.get(typed.get("login"));
  let result;
  if (typed.get("do") === "cancel") {
    result = { error: "access_denied", error_description: "cancelled" };
  } else if (!person || typed.get("password") !== person.password) {
    ctx.body = page(uid, "账号或者密码不对");
    return;
  } else {
    result = { login: { accountId: person.sub, acr: person.acr, amr: person.amr } };
  }
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
});

provider.on("server_error", (_, error) => console.error(error));
provider.listen(given.port, "127.0.0.1", () => console.log("ready"));
