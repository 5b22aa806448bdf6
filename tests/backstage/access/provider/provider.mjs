/**
 * A real OpenID provider (oidc-provider, certified) for one test: any name may log in, its claims follow from the name.
 *
 * Usage: node provider.mjs <client secret>      Prints its issuer as one line, ends when its standard input ends.
 * `ana` has a verified address, `eve` too, `mallory` says Ana's address without having shown that it is hers.
 */
import { createServer } from "node:http";
import Provider from "oidc-provider";

const VERIFIED = { ana: true, eve: true, mallory: false };

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "stentor",
        client_secret: process.argv[2],
        application_type: "native",
        grant_types: ["authorization_code"],
        response_types: ["code"],
        // Of a native client's loopback address any port is taken (RFC 8252, 7.3).
        redirect_uris: ["http://localhost/api/access/oidc/callback"],
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["for one test"] },
    async findAccount(_ctx, id) {
      const name = id === "mallory" ? "ana" : id;
      const claims = { sub: id, email: `${name}@example.org`, email_verified: VERIFIED[id] === true, name: id };
      return { accountId: id, claims: async () => claims };
    },
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.resume().on("end", () => process.exit(0));
