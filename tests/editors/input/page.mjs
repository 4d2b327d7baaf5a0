import { givenText, ready, unformatted } from '../given.mjs';

const input = document.createElement('input');
input.value = givenText;
input.size = 80;
document.body.append(input);
ready(() => unformatted(input.value));
