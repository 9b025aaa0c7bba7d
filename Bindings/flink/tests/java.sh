# SPDX-License-Identifier: MIT
#
# java.sh: what the scripts of this folder start Java with; they read it with ".", from
# the top folder. Flink reaches into these packages of the JDK. java_short is for JVMs that
# live for seconds: what the slower compiler makes would come too late.
java_short=-XX:TieredStopAtLevel=1
jars="build/flink/leat-flink.jar:build/flink/lib/*"
java_options="-Xmx1g -XX:+UseSerialGC -Dlog4j.configurationFile=Bindings/flink/tests/log4j2.properties"
for package in java.lang java.lang.invoke java.lang.reflect java.net java.io java.nio java.text \
    java.time java.util java.util.concurrent java.util.concurrent.atomic \
    java.util.concurrent.locks sun.nio.ch sun.net.util; do
    java_options="$java_options --add-opens=java.base/$package=ALL-UNNAMED"
done
