/// `512 × 512 × 30`, in the order given.
package func sizeText(_ sizes: some Collection<Int>) -> String {
    sizes.map(String.init).joined(separator: " × ")
}
