import { createApp, h, ref } from 'vue';
import { givenText, place, ready, unformatted } from '../given.mjs';

const value = ref(givenText);
const render = () => h('textarea', { cols: 80, value: value.value, onInput: (event) => (value.value = event.target.value) });
createApp({ render }).mount(place());
ready(() => unformatted(value.value));
