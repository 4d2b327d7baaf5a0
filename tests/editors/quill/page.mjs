import Quill from 'quill';
import 'quill/dist/quill.snow.css';
import { givenHtml, place, ready } from '../given.mjs';

const quill = new Quill(place(), { theme: 'snow' });
quill.clipboard.dangerouslyPasteHTML(givenHtml, 'silent');
quill.history.clear();

ready(() => {
  const paragraphs = [[]];
  for (const { insert, attributes } of quill.getContents().ops) {
    insert.split('\n').forEach((text, line) => {
      if (line > 0) paragraphs.push([]);
      paragraphs.at(-1).push({ text, bold: attributes?.bold, href: attributes?.link });
    });
  }
  // Quill's document always ends with a line break.
  return paragraphs.slice(0, -1);
});
