module.exports = {}; // what a package asks of a disk, in a browser
