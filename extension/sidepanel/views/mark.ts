// Sotto's mark: a line of text, and a quieter wave beneath it.

import { setAttributes } from '../../shared/dom';

const SVG = 'http://www.w3.org/2000/svg';

/** The mark as a drawing that screen readers pass over. The paths are those of icons/mark.svg. */
export function mark(): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  setAttributes(svg, { class: 'mark', viewBox: '0 0 128 128', 'aria-hidden': 'true', focusable: 'false' });
  const ground = document.createElementNS(SVG, 'rect');
  setAttributes(ground, { width: 128, height: 128, rx: 30 });
  svg.append(ground, stroke('M30 47h68'), stroke('M30 84c8.5-15 14.2-15 22.7 0s14.2 15 22.6 0 14.2-15 22.7 0'));
  return svg;
}

function stroke(d: string): SVGPathElement {
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', d);
  return path;
}
