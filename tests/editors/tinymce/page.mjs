import tinymce from 'tinymce';
import 'tinymce/models/dom';
import 'tinymce/themes/silver';
import 'tinymce/icons/default';
import 'tinymce/plugins/link';
import 'tinymce/skins/ui/oxide/skin.css';
import { givenHtml, htmlModel, place, ready } from '../given.mjs';

const textarea = place().appendChild(document.createElement('textarea'));
textarea.value = givenHtml;
const [editor] = await tinymce.init({ target: textarea, plugins: 'link', skin: false, content_css: false, height: 400 });
// TinyMCE's model is the DOM of its frame; what it tells is what a form would send.
ready(() => htmlModel(new DOMParser().parseFromString(editor.getContent(), 'text/html').body));
