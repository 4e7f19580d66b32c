import { collect } from "../collect";

export default collect(import.meta.glob("./en-US/*.json", { eager: true, import: "default" }));
