// Style sheets that are imported come as text: the bundler's loader for `.css` is `text`.

declare module '*.css' {
  const text: string;
  export default text;
}
