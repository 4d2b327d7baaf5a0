// The card's style sheet, as text for `CSSStyleSheet.replaceSync`: nothing of it is loaded, so the page's policy has no say.
// Sizes are in pixels, because `rem` belongs to the page. `!important` on `:host` wins over the page's own `!important`.

import COLOURS from '../../shared/colours.css';

export const STYLES = `${COLOURS}
:host {
  all: initial !important;
  display: block !important;
  position: fixed !important;
  inset: 0 auto auto 0 !important;
  width: 0 !important;
  height: 0 !important;
  overflow: visible !important;
  z-index: 2147483647 !important;
}

* {
  box-sizing: border-box;
}

.card {
  position: fixed;
  left: 0;
  top: 0;
  display: flex;
  flex-direction: column;
  width: min(400px, calc(100vw - 16px));
  max-height: min(460px, calc(100vh - 16px));
  overflow: auto;
  border: 1px solid var(--line);
  border-radius: 14px;
  background: var(--surface);
  color: var(--ink);
  box-shadow: var(--shadow-afloat);
  font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  text-align: start;
  animation: appear 120ms ease-out;
}

@keyframes appear {
  from {
    opacity: 0;
  }
}

@keyframes breathe {
  50% {
    opacity: 0.25;
  }
}

[hidden] {
  display: none !important;
}

:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}

.card:focus-visible {
  outline-offset: -2px;
}

.head {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  align-items: start;
  gap: 8px;
  padding: 10px 8px 8px 12px;
}

.tones {
  display: flex;
  flex: 1;
  flex-wrap: wrap;
  gap: 2px;
  min-width: 0;
  margin: 0;
  padding: 0;
  border: 0;
}

.tones label {
  position: relative;
  padding: 2px 8px;
  border: 1px solid transparent;
  border-radius: 8px;
  color: var(--ink-soft);
  font-size: 13px;
  cursor: pointer;
}

.tones label:hover {
  background: var(--sunken);
  color: var(--ink);
}

.tones label:has(:checked) {
  background: var(--sunken);
  color: var(--accent);
  font-weight: 600;
}

.tones label:has(:focus-visible) {
  outline: 2px solid var(--accent);
}

.tones input {
  position: absolute;
  inset: 0;
  margin: 0;
  opacity: 0;
  cursor: pointer;
}

.own {
  display: flex;
  flex-direction: column;
  grid-row: 2;
  grid-column: 1 / -1;
  gap: 6px;
  min-width: 0;
  padding-inline-end: 4px;
}

.own p {
  margin: 0;
  color: var(--danger);
  font-size: 13px;
}

.own p:empty {
  display: none;
}

.row {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 6px;
}

.row input {
  flex: 1 1 90px;
}

textarea,
input:not([type]) {
  min-width: 0;
  margin: 0;
  padding: 5px 8px;
  border: 1px solid var(--line-strong);
  border-radius: 8px;
  background: var(--surface);
  color: var(--ink);
  font: inherit;
  resize: none;
}

::placeholder {
  color: var(--ink-soft);
  opacity: 1;
}

.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
  user-select: none;
}

.body {
  flex: 1;
  min-height: 48px;
  overflow: auto;
  overscroll-behavior: contain;
  padding: 4px 14px 10px;
}

.body:focus-visible {
  outline-offset: -2px;
}

.text {
  overflow-wrap: anywhere;
  white-space: pre-wrap;
  user-select: text;
}

.text.writing::after {
  content: '';
  display: inline-block;
  width: 6px;
  height: 12px;
  margin-left: 2px;
  border-radius: 2px;
  background: var(--accent);
  animation: breathe 1.1s ease-in-out infinite;
}

ins {
  border-radius: 3px;
  background: var(--inserted-soft);
  color: var(--inserted);
  text-decoration: underline;
  text-decoration-thickness: 1px;
  text-underline-offset: 3px;
}

del {
  border-radius: 3px;
  background: var(--deleted-soft);
  color: var(--deleted);
  text-decoration: line-through;
}

.flag {
  text-decoration: underline wavy var(--warning) 1.5px;
  text-underline-offset: 3px;
}

del + ins {
  margin-left: 4px;
}

del .flag {
  text-decoration: line-through, underline wavy var(--warning);
}

.state {
  color: var(--ink-soft);
  font-size: 13px;
}

.state.busy::after {
  content: '\\2026';
  animation: breathe 1.6s ease-in-out infinite;
}

.note {
  margin: 0 12px 8px;
  padding: 8px 10px;
  border: 1px solid transparent;
  border-radius: 10px;
  background: var(--sunken);
  font-size: 13px;
}

.note.warning {
  background: var(--warning-soft);
}

.note.danger {
  background: var(--danger-soft);
}

.note p {
  margin: 0;
}

.note ul {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  margin: 4px 0;
  padding: 0;
  list-style: none;
}

.note li {
  padding: 0 6px;
  border: 1px solid var(--warning);
  border-radius: 6px;
  overflow-wrap: anywhere;
}

.foot {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 6px;
  padding: 8px 10px 10px 12px;
  border-top: 1px solid var(--line);
}

button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  gap: 6px;
  min-height: 32px;
  margin: 0;
  padding: 4px 12px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--surface);
  color: var(--ink);
  font: 500 13px/1.3 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  cursor: pointer;
}

button:hover {
  border-color: var(--line-strong);
}

button:disabled {
  opacity: 0.5;
  cursor: default;
}

button.primary {
  border-color: var(--accent);
  background: var(--accent);
  color: var(--on-accent);
}

button.primary:hover {
  background: var(--accent-strong);
}

button.correction {
  display: inline;
  min-height: 0;
  padding: 0 1px;
  border: 0;
  border-radius: 4px;
  background: transparent;
  color: inherit;
  font: inherit;
  text-align: inherit;
  white-space: inherit;
  cursor: pointer;
}

button.correction:hover {
  background: var(--sunken);
}

button.correction.rejected ins {
  display: none;
}

button.correction.rejected del {
  background: transparent;
  color: inherit;
  text-decoration: underline dotted;
}

button.correction.flagged {
  outline: 1px dashed var(--warning);
}

.correction-line {
  margin: 0;
  padding: 0 14px 8px;
  color: var(--ink-soft);
  font-size: 12px;
}

button.quiet {
  padding: 4px 8px;
  border-color: transparent;
  background: transparent;
  color: var(--ink-soft);
  font-weight: 400;
}

button.quiet:hover {
  background: var(--sunken);
  color: var(--ink);
}

button.only-icon {
  width: 28px;
  min-height: 28px;
  padding: 0;
  flex: none;
}

.original {
  margin-left: auto;
  font-size: 12px;
}

.icon {
  width: 15px;
  height: 15px;
  fill: none;
  stroke: currentColor;
  stroke-width: 1.5;
  stroke-linecap: round;
  stroke-linejoin: round;
}

@media (prefers-reduced-motion: reduce) {
  * {
    animation: none !important;
  }
}

@media (forced-colors: active) {
  button.primary {
    forced-color-adjust: none;
    border-color: Highlight;
    background: Highlight;
    color: HighlightText;
  }

  .note {
    border-color: CanvasText;
  }

  .tones label:has(:checked) {
    forced-color-adjust: none;
    background: Highlight;
    color: HighlightText;
  }

  ins,
  del {
    background: Canvas;
    color: CanvasText;
  }

  ins {
    text-decoration: underline double;
  }
}
`;
