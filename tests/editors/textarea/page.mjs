import { givenText, ready, unformatted } from '../given.mjs';

const textarea = document.createElement('textarea');
textarea.value = givenText;
textarea.cols = 80;
document.body.append(textarea);
ready(() => unformatted(textarea.value));
