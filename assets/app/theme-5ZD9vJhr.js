(function applyTheme() {
	const chosen = localStorage.getItem("tallybook-theme");
	const ofSystem = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
	document.documentElement.dataset["theme"] = chosen === "light" || chosen === "dark" ? chosen : ofSystem;
})();
