# Installation, pkg-config and the Debian package. Programs and the library install themselves.

# Relative, so that it holds for any prefix the tree is installed or packaged with.
file(RELATIVE_PATH UNKNOT_PREFIX_FROM_PC "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file("${CMAKE_CURRENT_LIST_DIR}/unknot.pc.in" "${PROJECT_BINARY_DIR}/unknot.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/unknot.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
install(FILES "${PROJECT_SOURCE_DIR}/include/unknot/unknot.h"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/unknot")

include(CMakePackageConfigHelpers)
set(UNKNOT_CMAKE_DIRECTORY "${CMAKE_INSTALL_LIBDIR}/cmake/unknot")
configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/unknot-config.cmake.in" "${PROJECT_BINARY_DIR}/unknot-config.cmake"
  INSTALL_DESTINATION "${UNKNOT_CMAKE_DIRECTORY}" NO_CHECK_REQUIRED_COMPONENTS_MACRO
  PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/unknot-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/unknot-config.cmake"
              "${PROJECT_BINARY_DIR}/unknot-config-version.cmake"
        DESTINATION "${UNKNOT_CMAKE_DIRECTORY}")

install(FILES "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
        RENAME copyright)

set(CPACK_PACKAGE_NAME unknot)
set(CPACK_PACKAGE_VENDOR "The unknot developers")
set(CPACK_PACKAGE_CONTACT "The unknot developers <unknot@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The library opens libunwind at run time, so that no program sees its symbols: nothing links it.
set(CPACK_DEBIAN_PACKAGE_DEPENDS libunwind8)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS python3) # the demos in Python
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "\
unknot watches a dynamically linked program through a preloaded library,
records the order in which its threads take their locks and reports the
orders that can deadlock, also when this run did not hang.")
include(CPack)
