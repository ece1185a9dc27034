//! The program `chartsift`.

fn main() -> std::process::ExitCode {
    chartsift::cli::main()
}
