// What the Podcast Index's own parser makes of a feed (stdin), as JSON.
const { parseFeed } = require("podcast-partytime");
process.stdout.write(JSON.stringify(parseFeed(require("node:fs").readFileSync(0, "utf8"))));
