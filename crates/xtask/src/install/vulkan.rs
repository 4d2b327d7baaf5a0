//! Software Vulkan for the native tests: Mesa's lavapipe (subgroups of 8) and Chromium's SwiftShader (subgroups
//! of 4).

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::apt::{self, Need, Sign};

const MESA_FOLDERS: &[&str] = &["/usr/share/vulkan/icd.d"];
const MESA_PREFIX: &str = "lvp_icd";
const CHROMIUM_FOLDERS: &[&str] = &["/usr/lib/chromium", "/usr/lib64/chromium", "/opt/google/chrome"];
const CHROMIUM_PREFIX: &str = "vk_swiftshader_icd.json";

/// The loader and the driver.
pub const DRIVERS: &[Need] = &[
    Need { package: "libvulkan1", sign: Sign::Prefix(LIBRARY_FOLDERS, "libvulkan.so.1") },
    Need { package: "mesa-vulkan-drivers", sign: Sign::Prefix(MESA_FOLDERS, MESA_PREFIX) },
];

const LIBRARY_FOLDERS: &[&str] =
    &["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"];

/// The driver files of lavapipe and of SwiftShader, in this order, for the variable `VK_DRIVER_FILES`.
pub fn driver_files() -> Result<[PathBuf; 2]> {
    let find =
        |folders: &[&str], prefix| folders.iter().find_map(|folder| apt::first_with_prefix(folder, prefix));
    Ok([
        find(MESA_FOLDERS, MESA_PREFIX)
            .context("lavapipe's driver file is missing (package mesa-vulkan-drivers)")?,
        find(CHROMIUM_FOLDERS, CHROMIUM_PREFIX)
            .context("SwiftShader's driver file is missing (package chromium)")?,
    ])
}
