// Small PDF files for tests, written by hand (ISO 32000-1, 7.5): one line of text after the other.

/**
 * A PDF whose pages hold these lines. `locked`: it names a password handler whose check no password passes. A page without
 * lines is blank, as a scan is to whoever looks for text.
 */
export function pdf(pages, { locked = false } = {}) {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '', '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'];
  const kids = pages.map((lines) => {
    const text = lines.map((line) => `(${line.replace(/[()\\]/g, '\\$&')}) Tj T*`).join('\n');
    const stream = `BT /F1 12 Tf 16 TL 72 720 Td\n${text}\nET`;
    objects.push(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`);
    const resources = '<< /Font << /F1 3 0 R >> >>';
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources ${resources} /Contents ${objects.length} 0 R >>`);
    return `${objects.length} 0 R`;
  });
  objects[1] = `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${kids.length} >>`;
  const id = `<${'00'.repeat(16)}>`;
  let trailer = `/Root 1 0 R /ID [${id} ${id}]`;
  if (locked) {
    const check = `<${'5a'.repeat(32)}>`;
    objects.push(`<< /Filter /Standard /V 1 /R 2 /O ${check} /U ${check} /P -4 >>`);
    trailer += ` /Encrypt ${objects.length} 0 R`;
  }
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
