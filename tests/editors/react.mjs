import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { givenText, place, ready, unformatted } from './given.mjs';

/** A field whose value is React's state: what React does not learn of, it takes back. */
export function controlled(tag, attributes) {
  function Field() {
    const [value, setValue] = useState(givenText);
    ready(() => unformatted(value));
    return createElement(tag, { ...attributes, value, onChange: (event) => setValue(event.target.value) });
  }
  createRoot(place()).render(createElement(Field));
}
