# Assertions stay on in development builds.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")

# How every target of castmap is compiled, and the two helpers the CMakeLists.txt files use:
#   cm_room(FOLDER SOURCES file... [LIBS target...])   one folder of the engine, as an object library
#   cm_test(NAME SOURCES file... [LABELS label...])    one cmocka program, run by ctest

add_library(castmap_flags INTERFACE)
target_compile_definitions(castmap_flags INTERFACE _GNU_SOURCE
    CASTMAP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
# Contracting a*b+c into one rounding would make results depend on the machine.
target_compile_options(castmap_flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-ffp-contract=off>
    -fno-math-errno -fstack-protector-strong)
set(CASTMAP_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wcast-qual
    -Wundef -Wformat=2)
# Clang counts the constants NAN and INFINITY, which are floats, as promotions; GCC does not.
list(APPEND CASTMAP_WARNINGS $<$<C_COMPILER_ID:GNU>:-Wdouble-promotion>)
target_compile_options(castmap_flags INTERFACE ${CASTMAP_WARNINGS}
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes> $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
    $<$<BOOL:${CASTMAP_STRICT}>:-Werror>)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(castmap_flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-O3>)
endif()
if(CASTMAP_SANITIZE)
    target_compile_options(castmap_flags INTERFACE -fsanitize=${CASTMAP_SANITIZE}
        -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(castmap_flags INTERFACE -fsanitize=${CASTMAP_SANITIZE})
endif()
if(CASTMAP_FUZZ)
    target_compile_options(castmap_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CASTMAP_LTO)
    check_ipo_supported(RESULT CASTMAP_IPO LANGUAGES C OUTPUT CASTMAP_IPO_WHY)
    if(NOT CASTMAP_IPO)
        message(STATUS "Link-time optimisation is not available: ${CASTMAP_IPO_WHY}")
    endif()
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
foreach(part sqlite3 spatialite proj gdal geos json-c libsodium libutf8proc cairo pangocairo zlib expat)
    string(MAKE_C_IDENTIFIER "${part}" id)
    if(part STREQUAL "geos")
        # geos_c carries no pkg-config file of its own name on every system.
        find_library(GEOS_C_LIBRARY geos_c REQUIRED)
        add_library(dep_geos INTERFACE)
        target_link_libraries(dep_geos INTERFACE ${GEOS_C_LIBRARY})
    else()
        pkg_check_modules(${id} REQUIRED IMPORTED_TARGET ${part})
        add_library(dep_${id} INTERFACE)
        target_link_libraries(dep_${id} INTERFACE PkgConfig::${id})
    endif()
endforeach()

set_property(GLOBAL PROPERTY CASTMAP_ROOMS "")

function(cm_room folder)
    cmake_parse_arguments(ROOM "" "" "SOURCES;LIBS" ${ARGN})
    if(NOT ROOM_SOURCES)
        return()
    endif()
    string(REPLACE "/" "_" name "room_${folder}")
    add_library(${name} OBJECT ${ROOM_SOURCES})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/engine
        PUBLIC ${CMAKE_SOURCE_DIR}/engine/include)
    target_compile_definitions(${name} PRIVATE CASTMAP_BUILD)
    target_link_libraries(${name} PRIVATE castmap_flags PUBLIC ${ROOM_LIBS})
    if(CASTMAP_IPO)
        set_target_properties(${name} PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON)
        if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
            target_compile_options(${name} PRIVATE -ffat-lto-objects)
        endif()
    endif()
    set_property(GLOBAL APPEND PROPERTY CASTMAP_ROOMS ${name})
endfunction()

function(cm_test name)
    cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;LABELS;LIBS" ${ARGN})
    add_executable(${name} ${T_SOURCES})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/engine ${CMAKE_SOURCE_DIR}/tests)
    target_link_libraries(${name} PRIVATE castmap_flags castmap_static castmap_test_support ${T_LIBS})
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT 300)
    endif()
    if(NOT T_LABELS)
        set(T_LABELS unit)
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}"
        SKIP_RETURN_CODE 77)
endfunction()
