import { place, ready } from '../given.mjs';

// The editor of another folder, in a frame of the same origin.
const frame = document.createElement('iframe');
frame.width = 800;
frame.height = 400;
frame.src = `/prosemirror/${location.search}`;
frame.onload = () => ready(() => frame.contentWindow.model());
place().append(frame);
