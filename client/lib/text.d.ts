// Text files are bundled as strings (the word list).
declare module "*.txt" {
  const content: string;
  export default content;
}
