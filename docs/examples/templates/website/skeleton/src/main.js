const languages = ${{ values.languages | dump }};

document.documentElement.lang = languages.find(l => navigator.language.startsWith(l)) ?? languages[0];
