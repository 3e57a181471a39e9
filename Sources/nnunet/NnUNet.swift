import ArgumentParser

/// The program `nnunet`.
struct NnUNet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nnunet",
        abstract: "Runs models trained with nnU-Net v2, with nnU-Net's own result and without Python.",
        discussion: """
            The first group has nnU-Net's commands and options, spelled as nnU-Net spells them; called through a link named \
            nnUNetv2_predict and so on the program behaves as that command. nnUNet_raw, nnUNet_preprocessed and nnUNet_results \
            are read from the environment. NNUNET_CACHE names the folder that keeps prepared weights between calls, or none when empty; \
            without it they lie in ~/.cache/nnunet.

            EXAMPLES
              nnunet predict_from_modelfolder -i cases -o masks -m model -f 0 1
              nnunet predict -i dicom -o masks -d 4 -c 3d_fullres
              nnunet inspect model
              nnunet selftest

            EXIT STATUS
            \(ExitStatus.allCases.map { "  \($0.rawValue)\t\($0.meaning)" }.joined(separator: "\n"))
            """,
        version: ProgramName.version,
        groupedSubcommands: [
            CommandGroup(name: "nnU-Net's", subcommands: Invocation.commands),
            CommandGroup(
                name: "More",
                subcommands: [
                    ConvertCommand.self, InspectCommand.self, CasesCommand.self, PhantomCommand.self, SelftestCommand.self,
                    BenchmarkCommand.self,
                ]),
        ])
}
