/** The page for iframes, `/s/<name>/embed`: the player of that Space and nothing else. */
import "../element/stentor-player";
import "./embed.css";

const player = document.createElement("stentor-player");
player.setAttribute("space", location.href);
const language = new URLSearchParams(location.search).get("lang");
if (language) player.setAttribute("lang", language);
document.querySelector("main")?.append(player);
document.documentElement.lang = language ?? navigator.language;
