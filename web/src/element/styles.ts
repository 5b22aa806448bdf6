/** The card's looks, inside its shadow tree: the page's colours (`ui/base.css`) without its font, which is not fetched. */
import { css } from "lit";

export const styles = css`
  :host {
    --paper: #ffffff;
    --ink: #16181d;
    --soft: #5a5e67;
    --line: #e5e1d8;
    --edge: #85827a;
    --amber: #e0a100;
    --amber-deep: #c98f00;
    --accent: #9c6d00;
    --red-text: #a31f18;
    display: block;
    max-width: 560px;
    color-scheme: light dark;
  }

  @media (prefers-color-scheme: dark) {
    :host {
      --paper: #1a1d24;
      --ink: #ece9e2;
      --soft: #a6a39c;
      --line: #2a2e37;
      --edge: #767a84;
      --amber-deep: #f0b21a;
      --accent: #e0a100;
      --red-text: #ff9a8d;
    }
  }

  :host([hidden]) {
    display: none;
  }

  * {
    box-sizing: border-box;
    margin: 0;
  }

  .card {
    display: grid;
    gap: 10px;
    padding: 12px 16px 16px;
    border: 1.5px solid var(--line);
    border-radius: 20px;
    background: var(--paper);
    color: var(--ink);
    font: 400 16px/1.4 "Inter", system-ui, sans-serif;
    font-variant-numeric: tabular-nums;
    text-align: start;
  }

  .top,
  .middle {
    display: flex;
    align-items: center;
    gap: 14px;
    min-width: 0;
  }

  .top {
    justify-content: space-between;
    font-size: 14px;
  }

  .brand {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 44px;
    margin: -4px 0;
    color: var(--soft);
    font-weight: 600;
    text-decoration: none;
  }

  .icon {
    flex: none;
    width: 24px;
    height: 24px;
  }

  .brand .icon {
    width: 22px;
    height: 22px;
    color: var(--accent);
  }

  .tag {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    color: var(--soft);
    font-weight: 600;
  }

  .tag::before {
    content: "";
    width: 9px;
    height: 9px;
    border: 2px solid var(--edge);
    border-radius: 50%;
  }

  .tag.on_air {
    color: var(--ink);
  }

  .tag.on_air::before {
    border-color: var(--accent);
    background: var(--amber);
  }

  .press {
    display: grid;
    place-items: center;
    flex: none;
    width: 60px;
    height: 60px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: var(--amber);
    color: #16181d;
    cursor: pointer;
  }

  .press:hover {
    background: var(--amber-deep);
  }

  .press.on {
    background: color-mix(in oklab, var(--ink) 10%, transparent);
    color: var(--ink);
  }

  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }

  .text {
    flex: 1;
    min-width: 0;
  }

  .title {
    display: -webkit-box;
    overflow: hidden;
    color: inherit;
    font-size: 18px;
    font-weight: 650;
    line-height: 1.25;
    letter-spacing: -0.01em;
    text-decoration: none;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }

  .title:hover {
    text-decoration: underline;
    text-underline-offset: 3px;
  }

  .who {
    overflow: hidden;
    color: var(--soft);
    font-size: 14px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .bars {
    display: flex;
    flex: none;
    align-items: center;
    gap: 4px;
    width: 32px;
    height: 32px;
  }

  .bars:not(.live) {
    display: none;
  }

  .bars i {
    width: 4px;
    height: 6px;
    border-radius: 2px;
    background: var(--line);
  }

  .bars.live i {
    height: 28px;
    background: var(--accent);
    transform: scaleY(0.3);
    animation: bar 1.1s ease-in-out infinite alternate;
  }

  .bars i:nth-child(2) {
    animation-delay: -0.7s !important;
  }

  .bars i:nth-child(3) {
    animation-delay: -0.25s !important;
  }

  .bars i:nth-child(4) {
    animation-delay: -0.95s !important;
  }

  @keyframes bar {
    to {
      transform: scaleY(1);
    }
  }

  .sentence {
    min-height: 1.4em;
    font-size: 14px;
    color: var(--soft);
  }

  .sentence[data-tone="trouble"] {
    color: var(--red-text);
  }

  @media (prefers-reduced-motion: reduce) {
    .bars.live i {
      transform: scaleY(0.7);
      animation: none;
    }
  }

  @media (max-width: 359px) {
    .bars {
      display: none;
    }
  }
`;
