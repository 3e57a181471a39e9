package import Files
package import PythonFormats

/// Gives a configuration of older plans the `architecture` that nnU-Net builds for them (`ConfigurationManager.__init__`).
package func upgradedToArchitecture(_ configuration: JSONField) throws(Problem) -> JSONField {
    guard configuration.optional("architecture") == nil else { return configuration }
    let family = try configuration.required("UNet_class_name")
    let className = try family.string()
    guard className == "PlainConvUNet" || className == "ResidualEncoderUNet" else {
        throw .unsupported(path: family.file, found: "\(family.name) = \(className)", supported: "PlainConvUNet, ResidualEncoderUNet")
    }
    let architecture: OrderedJSON = [
        "network_class_name": .string("dynamic_network_architectures.architectures.unet." + className),
        "arch_kwargs": try architectureArguments(configuration, isPlain: className == "PlainConvUNet"),
        "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
    ]
    let members = try configuration.members().map { OrderedJSON.Member($0.key, $0.field.value) }
    return JSONField(
        file: configuration.file, name: configuration.name, value: .object(members + [.init("architecture", architecture)]))
}

/// The constructor's arguments, as older plans spell them beside other settings.
private func architectureArguments(_ configuration: JSONField, isPlain: Bool) throws(Problem) -> OrderedJSON {
    let encoder = try configuration.required("n_conv_per_stage_encoder")
    let stages = try encoder.elements().count
    let base = try configuration.required("UNet_base_num_features").integer()
    let maximum = try configuration.required("unet_max_num_features").integer()
    let dimensions = try configuration.required("patch_size").elements().count
    guard 1...65536 ~= base, 1...65536 ~= maximum, 1...24 ~= stages else {
        throw encoder.failure(expected: "up to 24 stages with up to 65536 features")
    }
    let features = (0..<stages).map { OrderedJSON.integer(min(base << $0, maximum)) }
    return [
        "n_stages": .integer(stages),
        "features_per_stage": .array(features),
        "conv_op": .string("torch.nn.modules.conv.Conv\(dimensions)d"),
        "kernel_sizes": try configuration.required("conv_kernel_sizes").value,
        "strides": try configuration.required("pool_op_kernel_sizes").value,
        isPlain ? "n_conv_per_stage" : "n_blocks_per_stage": encoder.value,
        "n_conv_per_stage_decoder": try configuration.required("n_conv_per_stage_decoder").value,
        "conv_bias": true,
        "norm_op": .string("torch.nn.modules.instancenorm.InstanceNorm\(dimensions)d"),
        "norm_op_kwargs": ["eps": 1e-05, "affine": true],
        "dropout_op": nil,
        "dropout_op_kwargs": nil,
        "nonlin": "torch.nn.LeakyReLU",
        "nonlin_kwargs": ["inplace": true],
    ]
}
