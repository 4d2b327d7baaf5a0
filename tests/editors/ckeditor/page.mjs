import { Bold } from '@ckeditor/ckeditor5-basic-styles';
import { Clipboard } from '@ckeditor/ckeditor5-clipboard';
import { ClassicEditor } from '@ckeditor/ckeditor5-editor-classic';
import { Enter } from '@ckeditor/ckeditor5-enter';
import { Link } from '@ckeditor/ckeditor5-link';
import { Paragraph } from '@ckeditor/ckeditor5-paragraph';
import { Typing } from '@ckeditor/ckeditor5-typing';
import { Undo } from '@ckeditor/ckeditor5-undo';
import { givenHtml, place, ready } from '../given.mjs';

const editor = await ClassicEditor.create(place(), {
  licenseKey: 'GPL',
  plugins: [Bold, Clipboard, Enter, Link, Paragraph, Typing, Undo],
  initialData: givenHtml,
});
const text = (node) => ({ text: node.data, bold: node.getAttribute('bold'), href: node.getAttribute('linkHref') });
ready(() => [...editor.model.document.getRoot().getChildren()].map((paragraph) => [...paragraph.getChildren()].map(text)));
