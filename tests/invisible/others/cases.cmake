# Programs of other people, see README.md: languages with their own threads, libraries with
# their own locks, CPython's tests, stress-ng. A program that is not installed is skipped.
#   other_program(NAME COMMAND...)         compared as in compare.py, natively again if it differs
#   other_library(NAME PACKAGE MODULE SOURCE)   builds SOURCE with a pkg-config module
#   other_tests(NAME SCRIPT ARGUMENT...)   many outcomes compared by name, as in outcomes.py
set(others "${CMAKE_CURRENT_SOURCE_DIR}/others")

function(other_settings name)
  set_tests_properties(invisible.${name} PROPERTIES LABELS real TIMEOUT 400 SKIP_RETURN_CODE 77)
endfunction()

function(other_program name command)
  add_test(NAME invisible.${name}
           COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/compare.py"
                   --shim $<TARGET_FILE:unknot_shim> --timeout 120 --reruns 3 --needs ${command}
                   -- ${command} ${ARGN})
  other_settings(${name})
endfunction()

function(other_tests name script)
  add_test(NAME invisible.${name}
           COMMAND Python3::Interpreter "${others}/${script}" --shim $<TARGET_FILE:unknot_shim>
                   --unknot $<TARGET_FILE:unknot> ${ARGN})
  other_settings(${name})
endfunction()

find_package(PkgConfig)
function(other_library name package module source)
  if(PkgConfig_FOUND)
    pkg_check_modules(OTHER_${name} QUIET IMPORTED_TARGET ${module})
  endif()
  if(NOT OTHER_${name}_FOUND)
    other_program(${name} "${package}")
    return()
  endif()
  invisible_program(${name} ${source} LIBS PkgConfig::OTHER_${name} OPTIONS -fPIC)
  other_program(${name} $<TARGET_FILE:invisible_${name}>)
endfunction()

other_library(glib_work libglib2.0-dev glib-2.0 others/programs/glib_work.c)
other_library(qt5_work qtbase5-dev Qt5Core others/programs/qt_work.cpp)
other_library(qt6_work qt6-base-dev Qt6Core others/programs/qt_work.cpp)
invisible_program(openmp_work others/programs/openmp_work.c LIBS gomp OPTIONS -fopenmp)
other_program(openmp_work $<TARGET_FILE:invisible_openmp_work>)

other_program(node /usr/bin/node "${others}/programs/workers.js")
other_program(perl /usr/bin/perl "${others}/programs/threads.pl")
other_program(ruby /usr/bin/ruby "${others}/programs/threads.rb")
other_program(java /usr/bin/java "${others}/programs/Threads.java")
other_program(java_version /usr/bin/java -version)
other_program(gxx "${others}/programs/build_and_run.sh")
other_program(openssl "${others}/programs/openssl_work.sh")

other_tests(stress_ng stress_ng.py --needs /usr/bin/stress-ng)
set(cpython_tests /usr/lib/python3.11/test/test_threading.py) # libpython3.11-testsuite
other_tests(cpython_threading cpython.py --needs ${cpython_tests}
            test_thread test_threading test_threading_local)
other_tests(cpython_queue cpython.py --needs ${cpython_tests} test_queue)
