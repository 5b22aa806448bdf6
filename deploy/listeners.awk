# How many people listen behind a cache, from the cache's own log: the seconds of sound that it handed out in a second.
#
#   tail -n +1 stentor.log | awk -v seconds=60 -f listeners.awk
#
# Lines: <time> <method> <path> <status>, as deploy/nginx, deploy/varnish and deploy/trafficserver write
# them, those of the last `seconds`. A player asks for each second of sound once, as parts (0.64 s) or as segments
# (5.76 s), so this needs no cookie, no address and no list per listener. Each player is counted wrongly by at most one
# object: ±1 % of those with parts and ±10 % of those with segments in 60 s, far less over many who came at
# different times. People who join bring about 17 s of sound with them, at once.

$2 == "GET" && ($4 == 200 || $4 == 206) && $3 ~ /^\/s\/[^\/]+\/hls\/part\// { split($3, p, "/"); heard[p[3]] += 0.64 }
$2 == "GET" && ($4 == 200 || $4 == 206) && $3 ~ /^\/s\/[^\/]+\/hls\/seg\// { split($3, p, "/"); heard[p[3]] += 5.76 }

END {
    if (seconds <= 0) { print "listeners.awk: give -v seconds=<what the lines cover>" > "/dev/stderr"; exit 2 }
    for (space in heard) printf "%s %.0f\n", space, heard[space] / seconds
}
